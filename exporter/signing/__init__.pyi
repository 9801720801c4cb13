from .envelopes import check_statement as check_statement
from .envelopes import sign_statement as sign_statement
from .signatures import check as check
from .signatures import sign as sign
