"""Runs parts of a session's graph, which are given by names alone.

TensorFlow's `Session.run` looks up and wraps every tensor at each call, which
takes as long as a small network does.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2


def _array(value: Any) -> np.ndarray:
  """What a session takes for a value: an array, a number or a text."""
  if isinstance(value, str):
    return np.array(value.encode(), object)
  return np.asarray(value, np.float32 if isinstance(value, float) else None)


class Computations:
  """What was asked of a session so far, so that it is quick to ask again."""

  def __init__(self, session: tf.compat.v1.Session):
    self._session = session
    self._asked: dict[tuple, Callable[..., list[np.ndarray]]] = {}

  def compute(
    self,
    fetches: Iterable[str],
    ops: Sequence[str] = (),
    feeds: Mapping[str, Any] | None = None,
  ) -> dict[str, np.ndarray]:
    """Computes tensors and runs ops.

    Args:
      fetches: The names of the tensors.
      ops: The names of the ops.
      feeds: Values of tensors, by name.

    Returns:
      The values of the tensors by name, each once.
    """
    fetched, feeds = tuple(dict.fromkeys(fetches)), feeds or {}
    if not fetched and not ops:  # Which TensorFlow takes for a mistake.
      return {}
    key = fetched, tuple(ops), tuple(feeds)
    if key not in self._asked:
      options = config_pb2.CallableOptions(
        fetch=fetched, target=ops, feed=feeds
      )
      self._asked[key] = self._session._make_callable_from_options(options)
    arrays = self._asked[key](*map(_array, feeds.values()))
    return dict(zip(fetched, arrays, strict=True))
