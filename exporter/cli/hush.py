"""What libraries log on their way is kept from whoever asked for a table."""

from collections.abc import Iterator
import contextlib
import os
from typing import TextIO


@contextlib.contextmanager
def hushed() -> Iterator[TextIO]:
  """Keeps what libraries log from standard error; gives the real one."""
  kept = os.dup(2)
  with open(os.devnull, 'wb') as nowhere:  # noqa: PTH123  # A device.
    os.dup2(nowhere.fileno(), 2)
  try:
    with os.fdopen(os.dup(kept), 'w') as error:
      yield error
  finally:
    os.dup2(kept, 2)
    os.close(kept)
