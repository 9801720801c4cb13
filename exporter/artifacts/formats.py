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

from exporter import environment as extras
from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import litert as litert_file
from exporter.artifacts import onnx as onnx_file
from exporter.networks import source as source_lib
from exporter.proof import trial
from exporter.storage import manifest
from model_specs import formats


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
  ) -> Callable[[np.ndarray], np.ndarray]:
    """A file in its own runtime: images in [0, 1] -> outputs."""


_CONVERTERS: Mapping[str, Converter] = {
  formats.LITERT: litert_file,
  formats.ONNX: onnx_file,
}


@contextlib.contextmanager
def _explain(conversion: formats.Conversion, what: str) -> Iterator[None]:
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


def write(
  conversion: formats.Conversion,
  source: source_lib.Source,
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
  extras.require(group)
  network = frozen.freeze(source, conversion, tensors)
  with _explain(conversion, 'converted'):
    _CONVERTERS[group].write(conversion, network, pictures, path)
  _give_back()


def load(
  conversion: formats.Conversion, path: pathlib.Path, threads: int = 1
) -> trial.Run:
  """A converted file in its own runtime.

  Raises:
    PackageError: The runtime is not installed.
    ProofError: The file cannot be loaded, or is not as promised.
  """
  group = conversion.kind.group
  extras.require(group)
  with _explain(conversion, 'loaded'):
    return _CONVERTERS[group].load(conversion, path, threads)


def prove(
  conversion: formats.Conversion, path: pathlib.Path, trials: trial.Trials
) -> tuple[manifest.Check, ...]:
  """Compares what a converted file answers with what its source does.

  Raises:
    ProofError: It is not near enough, or cannot be run.
  """
  run = load(conversion, path)
  wanted = trials.of(conversion.kind)
  with _explain(conversion, 'run'):
    return trial.prove(conversion, run, wanted)
