"""Files that a hub reads anew when somebody replaces them."""

from collections.abc import Callable
from collections.abc import Sequence
import contextlib
import logging
import os
import pathlib
from typing import TypeAlias

from exporter import errors
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
Renew: TypeAlias = Callable[[], None]


def _stamp(path: pathlib.Path) -> tuple[int, ...]:
  """Changes with the content of a file; empty if there is none."""
  with contextlib.suppress(OSError):
    facts = path.stat()
    return (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
  return ()


class Files:
  """Files that say together what is in force."""

  def __init__(self, paths: Sequence[pathlib.Path], read: Callable[[], object]):
    """Reads the files.

    Args:
      paths: The files.
      read: Puts in force what they say, or raises a HubError.

    Raises:
      HubError: They say nothing that could be in force.
    """
    self._paths = paths
    self._read = read
    self._last_stamps = self._stamps()  # What changes after this line is seen.
    read()

  def _stamps(self) -> list[tuple[int, ...]]:
    return [_stamp(path) for path in self._paths]

  def renew(self) -> None:
    """Reads the files again if one of them changed.

    Where they are damaged, or one is replaced and the other not yet, what they
    said before stays in force, and the log says so.
    """
    stamps = self._stamps()
    if stamps == self._last_stamps:
      return
    self._last_stamps = stamps
    named = ', '.join(map(os.fspath, self._paths))
    try:
      self._read()
    except errors.HubError as error:
      _log.error(
        '%s; until that is mended, what was read of %s before stays in force',
        *(outside.shown(str(error)), outside.shown(named)),
      )
    else:
      _log.info('%s: read anew', outside.shown(named))
