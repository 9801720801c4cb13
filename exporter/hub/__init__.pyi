from .answer import Hub as Hub
from .pack import pack_exports as pack_exports
from .server import application as application
from .server import listen as listen
from .server import run_server as run_server
from .server import url as url
from .stock import Stock as Stock
from .tfhub_cache import seed_tfhub as seed_tfhub
