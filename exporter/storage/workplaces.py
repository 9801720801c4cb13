"""Where a run works that is the only one to write to a folder."""

from collections.abc import Iterator
import contextlib
import pathlib

from exporter.storage import delivery
from exporter.storage import lock
from exporter.storage import places


@contextlib.contextmanager
def workplace(folder: places.Folder) -> Iterator[pathlib.Path]:
  """Makes this process the only writer to a folder, with a place to stage in.

  What killed runs left there is removed before, and the whole place in the end.

  Raises:
    ExportError: The folder cannot be written to, or another process has it.
  """
  with lock.hold(folder):
    delivery.clear_staging(folder)
    try:
      with delivery.stage(folder) as staged:
        yield staged
    finally:
      delivery.clear_staging(folder)
