"""Who made an artifact: signatures of its files, as OpenSSF signs models."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
