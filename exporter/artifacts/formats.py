"""The registry of converted formats: source -> one file, and its proof."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import ctypes
import gc
import pathlib
from typing import Protocol

import numpy as np

from exporter import environment
from exporter import errors
from exporter import networks
from exporter.artifacts import frozen
from exporter.artifacts import litert
from exporter.artifacts import onnx
from model_specs import formats

Run = Callable[[np.ndarray], np.ndarray]  # Images in [0, 1] -> outputs.


class Converter(Protocol):
  """One group of formats. A new one is such a module, and a line below."""

  def write(
    self,
    conversion: formats.Conversion,
    network: frozen.Frozen,
    pictures: np.ndarray | None,
    path: pathlib.Path,
  ) -> None:
    """Writes a network to a file; pictures are there if it needs some."""

  def load(
    self, conversion: formats.Conversion, path: pathlib.Path, threads: int = 1
  ) -> Run:
    """A file in its own runtime: images in [0, 1] -> outputs."""


_CONVERTERS: Mapping[str, Converter] = {
  formats.LITERT: litert,
  formats.ONNX: onnx,
}


@contextlib.contextmanager
def explained(conversion: formats.Conversion, what: str) -> Iterator[None]:
  """Turns whatever a converter or a runtime raises into one error."""
  try:
    yield
  except (errors.SlimhubError, OSError, MemoryError):
    raise
  except Exception as error:  # Each has its own.
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ProofError(
      f'{conversion} cannot be {what}, so it is not delivered: '
      f'{type(error).__name__}: {reason}'
    ) from error


def _give_back() -> None:
  """Returns freed memory to the system: a worker converts one after another."""
  gc.collect()
  trim = getattr(ctypes.CDLL(None), 'malloc_trim', None)  # Of glibc alone.
  if trim:
    trim(0)


def write_file(
  conversion: formats.Conversion,
  source: networks.Source,
  tensors: Mapping[str, np.ndarray],
  pictures: np.ndarray | None,
  path: pathlib.Path,
) -> None:
  """Converts a source with these weights.

  Args:
    conversion: To what.
    source: The inference network.
    tensors: Its weights.
    pictures: To measure ranges on, where the format needs them.
    path: The file to write.

  Raises:
    PackageError: What it takes is not installed.
    ProofError: The converter refuses the network.
  """
  group = conversion.kind.group
  environment.require(group)
  network = frozen.freeze(source, conversion, tensors)
  with explained(conversion, 'converted'):
    _CONVERTERS[group].write(conversion, network, pictures, path)
  _give_back()


def load_file(
  conversion: formats.Conversion, path: pathlib.Path, threads: int = 1
) -> Run:
  """A converted file in its own runtime.

  Raises:
    PackageError: The runtime is not installed.
    ProofError: The file cannot be loaded, or is not as promised.
  """
  group = conversion.kind.group
  environment.require(group)
  with explained(conversion, 'loaded'):
    return _CONVERTERS[group].load(conversion, path, threads)
