from .answer import Hub as Hub
from .application import application as application
from .pack import pack_exports as pack_exports
from .server import listen as listen
from .server import run_server as run_server
from .server import url as url
from .stock import Stock as Stock
from .tfhub_cache import seed_tfhub as seed_tfhub
