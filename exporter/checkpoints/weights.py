"""Which of the weights in a checkpoint are meant."""

from typing import Final
from typing import Literal

WeightsChoice = Literal['auto', 'ema', 'raw', 'synthetic']

EMA: Final = 'ema'  # Exponential moving averages, of what is trained.
RAW: Final = 'raw'  # As the optimizer left them.
AUTO: Final = 'auto'  # EMA where a checkpoint has any, else RAW.
SYNTHETIC: Final = 'synthetic'  # No checkpoint: seeded, untrained.

WEIGHTS_CHOICES = (AUTO, EMA, RAW)  # Those that a checkpoint can give.
