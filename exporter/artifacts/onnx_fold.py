"""Folds the batch norms that tf2onnx leaves in a graph.

It folds none behind a convolution that itself follows one: a separable
convolution, then its batch norm, as NASNet has them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


def _foldable(graph: Any, weights: Mapping[str, Any]) -> list[tuple[Any, Any]]:
  """Convolutions, each with the batch norm that alone uses it."""
  users: dict[str, list[Any]] = {}
  for node in graph.node:
    for name in node.input:
      users.setdefault(name, []).append(node)
  found = []
  for node in graph.node:
    followers = users.get(node.output[0], [])
    if node.op_type != 'Conv' or len(followers) != 1:
      continue
    (follower,) = followers
    constants = (*node.input[1:], *follower.input[1:])
    if follower.op_type == 'BatchNormalization' and all(
      name in weights for name in constants
    ):
      found.append((node, follower))
  return found


def fold(graph: Any) -> None:
  """Folds, in place, every batch norm that a convolution before it can hold.

  Args:
    graph: An ONNX graph.
  """
  from onnx import numpy_helper

  weights = {weight.name: weight for weight in graph.initializer}
  for convolution, norm in _foldable(graph, weights):
    kernel, *bias = (
      numpy_helper.to_array(weights[name]) for name in convolution.input[1:]
    )
    gamma, beta, mean, variance = (
      numpy_helper.to_array(weights[name]) for name in norm.input[1:]
    )
    (epsilon,) = (a.f for a in norm.attribute if a.name == 'epsilon')
    scale = gamma / np.sqrt(variance + np.float32(epsilon))
    shift = ((bias[0] if bias else 0) - mean) * scale + beta
    names = [f'{norm.name}/{part}' for part in ('kernel', 'bias')]
    values = kernel * scale[:, np.newaxis, np.newaxis, np.newaxis], shift
    graph.initializer.extend(map(numpy_helper.from_array, values, names))
    convolution.input[1:] = names
    convolution.output[0] = norm.output[0]
    graph.node.remove(norm)
