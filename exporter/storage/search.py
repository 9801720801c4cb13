"""Finds paths by patterns, and says which folders keep theirs from this user.

The glob of pathlib passes over a folder that it may not list, as if the folder
were empty.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import errno
import fnmatch
import os
import pathlib
from typing import Generic
from typing import TypeVar
from typing import cast

from exporter.storage import places

_F = TypeVar('_F', bound=places.Folder)
# The errors where there is no folder, or none any more.
_NO_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class Search(Generic[_F]):
  """Looks for paths below a folder, and lists each folder there once."""

  def __init__(self, folder: _F):
    self._folder = folder
    self._names: dict[pathlib.Path, list[str]] = {}
    # Why folders cannot be listed, by their paths below the folder.
    self.closed: dict[str, PermissionError] = {}

  def glob(self, pattern: str) -> Iterator[_F]:
    """The paths that match a pattern, as pathlib has it; links are followed.

    Names that begin with a dot are passed over, as no name of an export does:
    exports are staged in such a folder, and may be another user's there.

    Args:
      pattern: The parts of the paths, with slashes between them.

    Raises:
      OSError: The folder itself cannot be listed, or a disk fails.
    """
    if not isinstance(self._folder, pathlib.Path):
      return self._folder.glob(pattern)
    return cast(Iterator[_F], self._below(self._folder, pattern.split('/')))

  def _below(
    self, folder: pathlib.Path, parts: Sequence[str]
  ) -> Iterator[pathlib.Path]:
    first, *rest = parts
    for name in fnmatch.filter(self._list(folder), first):
      if rest:
        yield from self._below(folder / name, rest)
      else:
        yield folder / name

  def _list(self, folder: pathlib.Path) -> list[str]:
    """The names in a folder; none if it is no folder, or cannot be listed."""
    if folder not in self._names:
      names: list[str] = []
      try:
        with os.scandir(folder) as opened:
          names = [each.name for each in opened if each.name[0] != '.']
      except PermissionError as error:
        if folder == self._folder:
          raise
        name = folder.relative_to(cast(pathlib.Path, self._folder)).as_posix()
        self.closed[name] = error
      except OSError as error:
        if error.errno not in _NO_FOLDER:
          raise
      self._names[folder] = names
    return self._names[folder]
