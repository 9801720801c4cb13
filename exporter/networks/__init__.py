"""TF-Slim networks: built once, kept as plain data, and alive in a session."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
