"""Folds the batch norms that tf2onnx leaves in a graph into convolutions.

tf2onnx leaves the batch norm after a convolution that itself follows a
convolution, as in the separable convolutions of NASNet.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np


def _foldable(graph: Any, weights: Mapping[str, Any]) -> list[tuple[Any, int]]:
  """Convolutions, and the number of the batch norm that alone uses each."""
  users: dict[str, list[int]] = {}
  for number, node in enumerate(graph.node):
    for name in node.input:
      users.setdefault(name, []).append(number)
  pairs = []
  for node in graph.node:
    followers = users.get(node.output[0], [])
    if node.op_type != 'Conv' or len(followers) != 1:
      continue
    follower = graph.node[followers[0]]
    constants = (*node.input[1:], *follower.input[1:])
    if follower.op_type == 'BatchNormalization' and all(
      name in weights for name in constants
    ):
      pairs.append((node, followers[0]))
  return pairs


def fold(graph: Any) -> None:
  """Folds every batch norm that follows a convolution into it, in place.

  Args:
    graph: An ONNX graph.
  """
  from onnx import numpy_helper

  weights = {weight.name: weight for weight in graph.initializer}
  folded = _foldable(graph, weights)
  for convolution, number in folded:
    norm = graph.node[number]
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
  # From the end on, so that the numbers of the others stay as they are.
  for number in sorted((number for _, number in folded), reverse=True):
    del graph.node[number]
