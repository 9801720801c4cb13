"""The files of TensorFlow.js itself, which come with slimhub.

They are those of its npm packages, unchanged. So Node needs no package to run a
model, and a page needs no network.
"""

import dataclasses
import functools
import pathlib

FOLDER = pathlib.Path(__file__).parent / 'tensorflowjs'
TABLE = FOLDER / 'files.tsv'


@dataclasses.dataclass(frozen=True)
class Shipped:
  """A file of an npm package."""

  name: str  # In FOLDER.
  package: str
  version: str
  path: str  # In the package.
  sha256: str
  license: str

  @property
  def file(self) -> pathlib.Path:
    """Where it is."""
    return FOLDER / self.name


@functools.cache
def runtime_files() -> tuple[Shipped, ...]:
  """The files; the scripts first, in the order in which a page loads them."""
  _, *lines = TABLE.read_text('utf-8').splitlines()
  return tuple(Shipped(*line.split('\t')) for line in lines)
