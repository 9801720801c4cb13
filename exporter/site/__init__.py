"""The cards as a documentation site: one page a model, built by MkDocs."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
