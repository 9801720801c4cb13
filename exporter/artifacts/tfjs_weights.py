"""The constants of TensorFlow.js's files, as bytes and what describes them."""

from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

import numpy as np

SHARD_BYTES = 4 * 2**20  # Browsers keep a file of this size in their caches.
_STEPS = 127  # In 8 bits, on both sides of zero; zero is exact.


def _float16(value: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
  return value.astype('<f2'), {'dtype': 'float16', 'original_dtype': 'float32'}


def _uint8(value: np.ndarray) -> tuple[np.ndarray, dict[str, Any]]:
  """Numbers in [-1, 1] in 8 bits."""
  facts = {'dtype': 'uint8', 'min': -1.0, 'scale': 1 / _STEPS}
  rounded = np.round(value * _STEPS) + _STEPS
  return rounded.astype(np.uint8), {**facts, 'original_dtype': 'float32'}


_ENCODERS = {'float16': _float16, 'uint8': _uint8}


def encode(
  values: Mapping[str, np.ndarray], kernels: Collection[str], name: str
) -> tuple[list[dict[str, Any]], bytes]:
  """Encodes constants one after the other.

  Args:
    values: The constants, by name.
    kernels: Which of them are kernels; only those are rounded.
    name: The name of the kind, which says to what they are rounded.

  Returns:
    What describes each of them, and their bytes.
  """
  specs: list[dict[str, Any]] = []
  parts = []
  for each, value in values.items():
    spec: dict[str, Any] = {
      'name': each,
      'shape': [*value.shape],
      'dtype': value.dtype.name,
    }
    written = value.astype(value.dtype.newbyteorder('<'))
    if each in kernels and name in _ENCODERS:
      written, spec['quantization'] = _ENCODERS[name](value)
    specs.append(spec)
    parts.append(written.tobytes())
  return specs, b''.join(parts)


def shards(data: bytes) -> dict[str, bytes]:
  """Cuts bytes into files, by their names."""
  starts = range(0, len(data), SHARD_BYTES)
  return {
    f'group1-shard{number}of{len(starts)}.bin': data[at : at + SHARD_BYTES]
    for number, at in enumerate(starts, start=1)
  }
