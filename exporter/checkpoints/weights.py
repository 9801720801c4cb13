"""Which of the weights in a checkpoint are meant."""

EMA = 'ema'  # Exponential moving averages, of what is trained.
RAW = 'raw'  # As the optimizer left them.
AUTO = 'auto'  # EMA where a checkpoint has any, else RAW.
SYNTHETIC = 'synthetic'  # No checkpoint: seeded, untrained.

WEIGHTS_CHOICES = (AUTO, EMA, RAW)
