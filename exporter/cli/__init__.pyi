from .entry import main as main
from .entry import parse as parse
from .exits import INTERRUPTED as INTERRUPTED
