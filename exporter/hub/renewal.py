"""Files that a hub reads anew when somebody replaces them."""

from collections.abc import Callable
from collections.abc import Sequence
import logging
import os
import pathlib
from typing import TypeAlias

from exporter import errors
from exporter.hub import stamps
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
Renew: TypeAlias = Callable[[], None]


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

  def _stamps(self) -> list[stamps.Stamp]:
    return [stamps.of_path(path) for path in self._paths]

  def renew(self) -> None:
    """Reads the files again if one of them changed.

    Where they are damaged, or one is replaced and the other not yet, what they
    said before stays in force, and the log says so.
    """
    found = self._stamps()
    if found == self._last_stamps:
      return
    self._last_stamps = found
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
