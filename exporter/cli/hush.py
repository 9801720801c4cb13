"""Silences what libraries log, for commands that print a report."""

from collections.abc import Iterator
import contextlib
import os
from typing import TextIO


@contextlib.contextmanager
def hushed() -> Iterator[TextIO]:
  """Discards what is written to standard error; yields the real one.

  The file descriptor is replaced, not `sys.stderr`, because the native code of
  TensorFlow logs, too.
  """
  kept = os.dup(2)
  with open(os.devnull, 'wb') as nowhere:  # noqa: PTH123  # A device.
    os.dup2(nowhere.fileno(), 2)
  try:
    with os.fdopen(os.dup(kept), 'w') as error:
      yield error
  finally:
    os.dup2(kept, 2)
    os.close(kept)
