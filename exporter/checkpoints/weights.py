"""The words that say which of the weights in a checkpoint are meant."""

EMA = 'ema'  # The exponential moving averages of what is trained.
RAW = 'raw'  # The weights as the optimizer left them.
AUTO = 'auto'  # EMA if the checkpoint has any averages, else RAW.
SYNTHETIC = 'synthetic'  # Seeded, untrained weights instead of a checkpoint.

WEIGHTS_CHOICES = (AUTO, EMA, RAW)
