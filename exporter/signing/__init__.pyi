from .signatures import check as check
from .signatures import sign as sign
