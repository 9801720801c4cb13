"""The words that say which of the weights in a checkpoint are meant."""

from typing import Final
from typing import Literal
from typing import TypeAlias

from exporter import storage

WeightsChoice: TypeAlias = Literal['auto', storage.WeightsKind]

EMA: Final = 'ema'  # The exponential moving averages of what is trained.
RAW: Final = 'raw'  # The weights as the optimizer left them.
AUTO: Final = 'auto'  # EMA if the checkpoint has any averages, else RAW.
# Seeded, untrained weights instead of a checkpoint.
SYNTHETIC: Final = 'synthetic'

WEIGHTS_CHOICES = (AUTO, EMA, RAW)  # Those that a checkpoint can give.
WEIGHTS_WORDS = (*WEIGHTS_CHOICES, SYNTHETIC)
SHADOW = '/ExponentialMovingAverage'  # Ends the name of a variable's average.
