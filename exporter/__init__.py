"""slimhub: TF-Slim checkpoints -> proven TF1 modules and TF2 SavedModels."""

__version__ = '0.1.0'
