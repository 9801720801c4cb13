"""Tells which tensors of a graph depend on some others, and which do not.

A training step is run for several momentums. They matter only at the end of the
step, where the moving averages are updated. So all that comes before is
computed only once.
"""

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
from typing import TypeVar

import tensorflow as tf

_Value = TypeVar('_Value')


@dataclasses.dataclass(frozen=True)
class Lateness:
  """What depends on some tensors of a graph.

  Attributes:
    late: The names of all tensors that depend on them, and their own.
    border: The names of the tensors that are not late, and from which late ones
      are computed. Whoever feeds their values need not compute them.
  """

  late: frozenset[str]
  border: tuple[str, ...]

  def early(self, values: Mapping[str, _Value]) -> dict[str, _Value]:
    """The values of those tensors that are not late, by name."""
    return {n: value for n, value in values.items() if n not in self.late}


def find(graph: tf.Graph, tensors: Iterable[str]) -> Lateness:
  """Finds what depends on tensors of a graph, which are given by name."""
  waiting = [graph.get_tensor_by_name(name) for name in tensors]
  late, ops = {tensor.name for tensor in waiting}, {}
  while waiting:
    for op in waiting.pop().consumers():
      if op.name not in ops:
        ops[op.name] = op
        late.update(output.name for output in op.outputs)
        waiting += op.outputs
  border = {
    tensor.name
    for op in ops.values()
    for tensor in op.inputs
    if tensor.name not in late and tensor.dtype != tf.resource
  }
  return Lateness(frozenset(late), tuple(sorted(border)))
