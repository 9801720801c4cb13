from .build import Build as Build
from .build import this_build as this_build
from .claims import false_claims as false_claims
from .claims import missing as missing
from .materials import bom as bom
from .slsa import statement as statement
