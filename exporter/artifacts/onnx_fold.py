"""Folds the batch norms that tf2onnx leaves in a graph into convolutions.

tf2onnx leaves the batch norm after a convolution that itself follows a
convolution, as in the separable convolutions of NASNet.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


def _foldable(graph: Any, weights: Mapping[str, Any]) -> list[tuple[Any, Any]]:
  """Pairs of a convolution and a batch norm that is its only user."""
  users: dict[str, list[Any]] = {}
  for node in graph.node:
    for name in node.input:
      users.setdefault(name, []).append(node)
  pairs = []
  for node in graph.node:
    followers = users.get(node.output[0], [])
    if node.op_type != 'Conv' or len(followers) != 1:
      continue
    (follower,) = followers
    constants = (*node.input[1:], *follower.input[1:])
    if follower.op_type == 'BatchNormalization' and all(
      name in weights for name in constants
    ):
      pairs.append((node, follower))
  return pairs


def fold(graph: Any) -> None:
  """Folds every batch norm that follows a convolution into it, in place.

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
