"""Writes shapes, and what signatures say of tensors, where they belong.

A message that is made by itself, as `TensorShape.as_proto` makes one for each
dimension, costs more than its making: with every ten-thousandth that it frees,
protobuf gives all free memory of the process back to the system, which then has
to be asked for it again. So what is written for each variable is written in
place.
"""

from collections.abc import Sequence

from tensorflow.core.framework import tensor_shape_pb2
from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import meta_graph_pb2


def fill(
  shape: tensor_shape_pb2.TensorShapeProto, sizes: Sequence[int | None]
) -> None:
  """Fills an empty shape.

  Args:
    shape: The field to fill, which is there afterwards, also for a scalar.
    sizes: The size of each dimension; None stands for any.
  """
  shape.SetInParent()
  for size in sizes:
    shape.dim.add(size=-1 if size is None else size)


def describe(
  info: meta_graph_pb2.TensorInfo, name: str, sizes: Sequence[int | None]
) -> None:
  """Fills what a signature says of a tensor of floats."""
  info.name = name
  info.dtype = types_pb2.DT_FLOAT
  fill(info.tensor_shape, sizes)
