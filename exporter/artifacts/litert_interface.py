"""What programs see of a LiteRT file: names of tensors, signature, batch.

Converters give tensors the names of operations inside the network, and leave
the batch open. Delegates for graphics chips, and the runtime in browsers, take
no open batch. So both are changed after the conversion.
"""

from collections.abc import Iterator
from collections.abc import Sequence

import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

from exporter import errors
import model_specs
from model_specs import formats
from model_specs import kinds

SIGNATURE = 'serving_default'
_OPEN = -1


def _end(graph: schema.SubGraphT, tensor: int, name: str) -> schema.TensorMapT:
  """Names a tensor; returns its entry in the signature."""
  graph.tensors[tensor].name = name
  entry = schema.TensorMapT()
  entry.name, entry.tensorIndex = name, int(tensor)
  return entry


def _sign(model: schema.ModelT, output: str) -> None:
  """Names the input and the output, and gives the model its only signature."""
  (graph,) = model.subgraphs
  (images,), (answer,) = graph.inputs, graph.outputs
  signature = schema.SignatureDefT()
  signature.signatureKey = SIGNATURE
  signature.inputs = [_end(graph, images, formats.INPUT)]
  signature.outputs = [_end(graph, answer, output)]
  model.signatureDefs = [signature]


def _open_sizes(graph: schema.SubGraphT) -> Iterator[int]:
  """The axes whose size is left open, for each tensor."""
  for tensor in graph.tensors:
    if tensor.shapeSignature is not None:
      yield from np.flatnonzero(tensor.shapeSignature == _OPEN).tolist()


def _fix_batch(conversion: model_specs.Handle, model: schema.ModelT) -> None:
  """Fixes an open batch at 1, in all tensors.

  No operation changes, as none holds the size of the batch. So a runtime that
  resizes the input still gets the right answers.

  Raises:
    ProofError: The size of another axis is open, too.
  """
  (graph,) = model.subgraphs
  if others := set(_open_sizes(graph)) - {0}:
    raise errors.ProofError(
      f'{conversion} has tensors whose axes {sorted(others)} are of no fixed '
      'size, expected that of the batch alone, 0; use --litert_batch=dynamic, '
      'and report it'
    )
  for tensor in graph.tensors:
    # `shapeSignature` has -1 for open sizes. Without it, `shape` counts, which
    # has 1 in their place.
    tensor.shapeSignature = None


def finish(
  conversion: model_specs.Handle, model: schema.ModelT, batch: kinds.Batch
) -> None:
  """Gives what a converter made the interface that all files have.

  Args:
    conversion: What the model is.
    model: The model, which is changed in place.
    batch: Whether its batch is fixed.

  Raises:
    ProofError: The batch cannot be fixed.
  """
  _sign(model, conversion.output)
  if batch == kinds.ONE:
    _fix_batch(conversion, model)


def check_batch(
  conversion: model_specs.Handle, shape: Sequence[int], batch: kinds.Batch
) -> None:
  """Raises a ProofError unless the input of a file has the promised batch.

  Args:
    conversion: What the file is.
    shape: The shape of its input, with a negative number for an open size.
    batch: What was promised.
  """
  size, channels = conversion.spec.size, conversion.spec.family.channels
  count = 1 if batch == kinds.ONE else _OPEN
  expected = [count, size, size, channels]
  found = [int(size) for size in shape]
  if found != expected:
    raise errors.ProofError(
      f'{conversion} takes images of shape {found}, expected {expected}, '
      f'as its batch is {batch}; export it again with --force'
    )
