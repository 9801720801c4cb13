"""Both caches as their clients see them, for tests of what is seeded."""

import abc
from collections.abc import Iterator
import pathlib

from exporter import results as results_lib
from exporter.hub import kagglehub_cache
from exporter.hub import tfhub_cache
from exporter.storage import folder as folder_lib
import model_specs
from model_specs import aliases
from tests import file_tree

HUB = 'https://tfhub.dev'


class Cache(abc.ABC):
  """One client's cache."""

  def __init__(self, root: pathlib.Path):
    self.root = root

  @abc.abstractmethod
  def _seed(self, exports, **options) -> Iterator[results_lib.Result]:
    """The results of a run."""

  @abc.abstractmethod
  def names(self, handle: model_specs.Handle) -> tuple[str, ...]:
    """Every name of an artifact."""

  @abc.abstractmethod
  def folder(self, name: str) -> pathlib.Path:
    """Where the client looks for a name."""

  @abc.abstractmethod
  def take(self, name: str) -> dict[str, bytes] | None:
    """The files that the client takes without asking the network, or None."""

  def seed(self, exports, **options) -> dict[str, results_lib.Result]:
    """What became of each artifact, by its own name."""
    return {result.name: result for result in self._seed(exports, **options)}

  def statuses(self, exports, **options) -> set[str]:
    """All that became of any artifact."""
    return {result.status for result in self._seed(exports, **options)}


class Tfhub(Cache):
  """The cache of tensorflow_hub, which takes a folder that is not empty."""

  def _seed(self, exports, **options):
    items = folder_lib.items(exports)
    return tfhub_cache.seed_tfhub(items, self.root, HUB, **options)

  def names(self, handle):
    """Its URLs."""
    return aliases.urls(handle, HUB)

  def folder(self, name):
    """A folder that a hash names."""
    return self.root / tfhub_cache.key(name)

  def take(self, name):
    """What lies there."""
    folder = self.folder(name)
    return (folder.exists() and file_tree.read(folder)) or None


class Kagglehub(Cache):
  """The cache of kagglehub, which takes a folder that is marked."""

  def _seed(self, exports, **options):
    items = folder_lib.items(exports)
    return kagglehub_cache.seed_kagglehub(items, self.root, **options)

  def names(self, handle):
    """Its names of Kaggle."""
    return tuple(
      str(spelling)
      for name in aliases.of_kaggle(handle)
      for spelling in name.spellings()
    )

  def folder(self, name):
    """A folder that the name spells."""
    return self.root / 'models' / name

  def take(self, name):
    """What lies there, if it is marked."""
    folder = self.folder(name)
    is_whole = folder.with_name(f'{folder.name}.complete').exists()
    return file_tree.read(folder) if is_whole else None
