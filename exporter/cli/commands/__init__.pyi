from . import audit as audit
from . import benchmark as benchmark
from . import cards as cards
from . import doctor as doctor
from . import evaluate as evaluate
from . import export as export
from . import fetch as fetch
from . import info as info
from . import inspect as inspect
from . import list as list  # noqa: A004  # As the command is called.
from . import new as new
from . import pack as pack
from . import publish as publish
from . import seed_cache as seed_cache
from . import serve as serve
from . import sign as sign
from . import site as site
from . import verify as verify
