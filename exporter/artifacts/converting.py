"""What conversions have in common: a frozen network, one kind of error."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import ctypes
import gc

import numpy as np

from exporter import errors
from exporter import networks
from exporter.artifacts import frozen
import model_specs

Run = Callable[[np.ndarray], np.ndarray]  # Images in [0, 1] -> outputs.


@contextlib.contextmanager
def explained(handle: model_specs.Handle, what: str) -> Iterator[None]:
  """Turns whatever a converter or a runtime raises into one error."""
  try:
    yield
  except (errors.SlimhubError, OSError, MemoryError):
    raise
  except Exception as error:  # Each has its own.
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ProofError(
      f'{handle} cannot be {what}, so it is not delivered: '
      f'{type(error).__name__}: {reason}'
    ) from error


def _give_back() -> None:
  """Returns freed memory to the system: a worker converts one after another."""
  gc.collect()
  trim = getattr(ctypes.CDLL(None), 'malloc_trim', None)  # Of glibc alone.
  if trim:
    trim(0)


def convert(
  handle: model_specs.Handle,
  source: networks.Source,
  tensors: Mapping[str, np.ndarray],
  write: Callable[[frozen.Frozen], None],
) -> None:
  """Freezes a source with these weights and lets a converter write it.

  Args:
    handle: To what.
    source: The inference network.
    tensors: Its weights.
    write: The converter.

  Raises:
    ProofError: The converter refuses the network.
  """
  network = frozen.freeze(source, handle, tensors)
  with explained(handle, 'converted'):
    write(network)
  _give_back()
