"""Runs the functions of a TF2 SavedModel in a session, by way of its traces."""

from collections.abc import Iterator
from collections.abc import Mapping
import pathlib
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow.python.framework import function_def_to_graph

from exporter.proof import parts
from exporter.proof import session
from exporter.proof import stranger
from exporter.proof import traces

_INPUTS, _MOMENTUM = 'inputs', 'batch_norm_momentum'
_TRAIN = 'train'
_OBJECTS = '_CHECKPOINTABLE_OBJECT_GRAPH'


class _Body(NamedTuple):
  """A function that computes, as the session imports it."""

  outputs: list[str]  # Names of tensors.
  updates: list[str]  # Names of the ops that change variables.
  arguments: list[str]  # Names of tensors to feed, in the function's order.


def _are_equal(one: np.ndarray, other: np.ndarray) -> bool:
  """Whether two arrays are the same; NaN, which takes long, is tried last."""
  return np.array_equal(one, other) or np.array_equal(
    one, other, equal_nan=True
  )


class SessionTf2:
  """A TF2 SavedModel in a session."""

  def __init__(self, folder: pathlib.Path):
    (self._meta,) = session.read(folder).meta_graphs
    # The variables are restored as TensorFlow Serving does it.
    saver = self._meta.saver_def
    self._values = session.Values(
      folder, saver.restore_op_name, saver.filename_tensor_name
    )
    self._file = tf.train.load_checkpoint(self._values.prefix)
    self._traces = traces.Traces(self._meta)
    self._handles = {
      name: f'{node}:0' for node, name in self._traces.handles.items()
    }
    self._keys = self._find_keys()
    moving = set(self._keys) - set(self._traces.listed('trainable_variables'))
    self._parts = [
      parts.Part(self._meta.graph_def, ''),
      parts.restoring(
        {self._keys[name]: self._handles[name] for name in sorted(moving)},
        parts.RENEW,
      ),
      parts.reading(self._handles),
    ]
    self._bodies = self._add_bodies()
    self._session = session.opened(self._parts, self._values)

  def _find_keys(self) -> dict[str, str]:
    """The key of each variable in the file, by its TF-Slim name."""
    objects = trackable_object_graph_pb2.TrackableObjectGraph.FromString(
      self._file.get_tensor(_OBJECTS)
    )
    keys = {}
    for number, name in self._traces.variables.items():
      (attribute,) = objects.nodes[number].attributes
      keys[name] = attribute.checkpoint_key
    return keys

  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value in the files, by its TF-Slim name.

    Raises:
      ValueError: Python and TensorFlow Serving restore a different value, or
        Python expects one of another shape or type.
    """
    values = {name: self._file.get_tensor(k) for name, k in self._keys.items()}
    for name, declared in self._traces.declared():
      actual = values[name].shape, values[name].dtype
      if declared != actual:
        raise ValueError(f'{name} is declared as {declared}, and is {actual}')
    self._session.restore(self._values)
    restored = self._session.values(list(values))
    for name, value in values.items():
      if not _are_equal(value, restored[name]):
        raise ValueError(f'{name} is restored differently by the two loaders')
    return values

  def names(self) -> stranger.Names:
    """The names that the objects and the graph for serving list."""
    nodes = self._traces.children('variables').values()
    return stranger.Names(
      {'variables': sorted(self._traces.listed('variables'))},
      {
        'trainable_variables': sorted(
          self._traces.listed('trainable_variables')
        ),
        'variables flagged as trainable': sorted(
          node.variable.name for node in nodes if node.variable.trainable
        ),
      },
      {
        'signatures': sorted(self._traces.children('signatures')),
        'signatures for serving': sorted(self._traces.served),
      },
      _TRAIN in self._traces.children(),
    )

  def _add_bodies(self) -> dict[tuple, _Body]:
    """Adds the bodies that the traces call to what the session imports.

    Several traces may call one body with other inputs; it is added once.
    """
    bodies: dict[tuple, _Body] = {}
    for _, trace in (*self._inferring(), *self._training(), *self._losing()):
      key = (trace.body, trace.variables)
      if key not in bodies:
        bodies[key] = self._add(trace, f'body_{len(bodies)}')
    return bodies

  def _add(self, trace: traces.Trace, scope: str) -> _Body:
    function = self._traces.functions[trace.body]
    graph, tensors = function_def_to_graph.function_def_to_graph_def(function)
    names = [argument.name for argument in function.signature.input_arg]
    handles = {
      name: self._handles[source.name]
      for name, source in zip(names, trace.inputs, strict=True)
      if isinstance(source, traces.Variable)
    }
    self._parts.append(parts.Part(graph, scope, handles))
    returned = [function.ret[o.name] for o in function.signature.output_arg]
    return _Body(
      [f'{scope}/{tensors[tensor]}' for tensor in returned],
      [f'{scope}/{op}' for op in function.control_ret.values()],
      [f'{scope}/{name}:0' for name in names],
    )

  def _run(self, trace: traces.Trace, values: Mapping[str, Any]) -> list[Any]:
    """Runs the body of a trace; returns all of its outputs."""
    body = self._bodies[trace.body, trace.variables]
    feeds, late = {}, []
    for tensor, source in zip(body.arguments, trace.inputs, strict=True):
      if isinstance(source, traces.Variable):
        continue
      feeds[tensor] = values[source] if isinstance(source, str) else source
      if source != _INPUTS:
        late.append(tensor)
    if body.updates:
      answers = self._session.update(
        body.outputs, body.updates, feeds, tuple(late)
      )
    else:
      answers = self._session.run(body.outputs, feeds)
    return [answers[tensor] for tensor in body.outputs]

  def _call(
    self,
    name: str,
    trace: traces.Trace,
    outputs: list[np.ndarray],
    *training: Any,
  ) -> stranger.Call:
    """Describes a call of a trace, with its part of the body's outputs."""
    arrays = {
      key or stranger.DEFAULT: outputs[number]
      for key, number in zip(trace.keys, trace.outputs, strict=True)
    }
    shapes = {key or stranger.DEFAULT: s for key, s in trace.shapes.items()}
    shapes[stranger.IMAGES] = shapes.pop(_INPUTS)
    shapes.pop(_MOMENTUM, None)
    returns = stranger.ENDPOINTS if any(trace.keys) else stranger.DEFAULT
    call = stranger.Call(name, returns, arrays, *training)
    return call._replace(shapes=shapes)

  def _inferring(self) -> Iterator[tuple[str, traces.Trace]]:
    for trace in self._traces.of('__call__'):
      *training, endpoints = trace.flags
      if not any(training):
        yield '__call__ with endpoints' if endpoints else '__call__', trace
    for trace in self._traces.of('serve'):
      yield 'serve', trace
    for name in self._traces.children('signatures'):
      for trace in self._traces.of('signatures', name):
        yield name, trace
    for name, trace in self._traces.served.items():
      yield f'{name} for serving', trace

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """What every trace and signature that infers returns."""
    answers: dict[tuple, list[np.ndarray]] = {}
    for name, trace in self._inferring():
      key = (trace.body, trace.inputs)
      if key not in answers:
        self._session.restore(self._values)
        answers[key] = self._run(trace, {_INPUTS: images})
      call = self._call(name, trace, answers[key])
      if 'serving_default' in name:
        call = call._replace(returns=stranger.SIGNATURE)
      yield call

  def _training(self) -> Iterator[tuple[str, traces.Trace]]:
    for trace in self._traces.of('__call__'):
      *training, endpoints = trace.flags
      if any(training):
        yield f'training {"with" if endpoints else "without"} endpoints', trace
    if _TRAIN not in self._traces.children():
      return
    for trace in self._traces.of(_TRAIN):
      yield 'training through `train`', trace

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """What every trace that trains returns, each from the initial state."""
    trainable = self._traces.listed('trainable_variables')
    moving = sorted(set(self._traces.listed('variables')) - set(trainable))
    answers: dict[tuple, tuple] = {}
    for name, trace in self._training():
      key = (trace.body, trace.inputs)
      if key not in answers:
        self._session.restore(self._values)
        values = {_INPUTS: images, _MOMENTUM: momentum}
        outputs = self._run(trace, values)
        answers[key] = outputs, self._session.values(moving)
      outputs, after = answers[key]
      used = momentum if _MOMENTUM in trace.inputs else None
      yield self._call(name, trace, outputs, used, after)

  def _losing(self) -> Iterator[tuple[str, traces.Trace]]:
    for name in self._traces.children('regularization_losses'):
      for trace in self._traces.of('regularization_losses', name):
        yield name, trace

  def losses(self) -> float:
    """The sum of the regularization losses."""
    self._session.hold(self._values)
    return sum(float(self._run(trace, {})[0]) for _, trace in self._losing())
