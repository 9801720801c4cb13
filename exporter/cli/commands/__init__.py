"""One module a command: HELP, add_flags(parser), run(args) -> exit code."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
