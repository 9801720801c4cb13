from .builders import BUILDERS as BUILDERS
from .builders import SIZES as SIZES
from .builders import WIDTHS as WIDTHS
from .imported import ImportedGraph as ImportedGraph
from .source import Architecture as Architecture
from .source import Source as Source
from .source import build as build
from .source import sources as sources
