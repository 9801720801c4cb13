from .envelopes import check_statement as check_statement
from .envelopes import sign_statement as sign_statement
from .keys import public as public
from .signatures import check as check
from .signatures import check_certified as check_certified
from .signatures import sign as sign
