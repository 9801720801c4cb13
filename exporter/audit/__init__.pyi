from .abilities import ALLOWED as ALLOWED
from .abilities import Ability as Ability
from .files import audit as audit
from .findings import Audit as Audit
from .findings import Use as Use
