from .download import Policy as Policy
from .fetcher import Moved as Moved
from .fetcher import Request as Request
from .pool import fetch_all as fetch_all
