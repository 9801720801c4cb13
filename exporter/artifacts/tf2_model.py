"""Writes a TF2 SavedModel, the format of versions 4 and 5.

The file is assembled by hand. tf.saved_model.save would name functions by
counters of the process, so that the bytes differ from run to run, and would
write what TensorFlow 1.15 refuses.
"""

from collections.abc import Mapping
from collections.abc import Sequence
import itertools
import pathlib
from typing import Any
import zlib

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import function_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter.artifacts import graph as graph_lib
from exporter.artifacts import portable
from exporter.artifacts import tf2_functions
from exporter.artifacts import tf2_objects
from exporter.artifacts import tf2_serving
from exporter.artifacts import variables
import model_specs
from model_specs import versions

INPUTS = 'inputs'
MOMENTUM = 'batch_norm_momentum'


class _Builder:
  """Collects the functions and objects of one artifact.

  Methods that add an object return its number in the object graph.
  """

  def __init__(
    self,
    handle: model_specs.Handle,
    graphs: tuple[graph_lib.Graph, ...],
  ):
    self._handle = handle
    self._graphs = graphs
    inference = graphs[0]
    self.variables = inference.variables
    # A number that differs from model to model keeps names apart when one graph
    # holds two models. Loaders cut `__inference_` and the number off the names
    # of functions.
    self._number = f'{zlib.crc32(str(handle).encode()):010}'
    self.nodes = {f'model_{self._number}/{v.name}': v for v in self.variables}
    self.functions: list[function_pb2.FunctionDef] = []
    self.objects = tf2_objects.ObjectGraph()
    shapes = inference.shapes
    tensors = {'default': inference.default, **inference.endpoints}
    # Loaders return the values of a dict in the order of its sorted keys.
    self._shapes = {key: shapes[tensors[key]] for key in sorted(tensors)}
    self._input_shape = graph_lib.input_shape(inference)
    self._arguments = {
      graph_lib.IMAGES: tf2_functions.Argument(
        INPUTS, tuple(self._input_shape)
      ),
      graph_lib.MOMENTUM: tf2_functions.Argument(MOMENTUM, ()),
    }
    self._handles = tf2_functions.variable_arguments(self.variables)

  def _name(self, name: str) -> str:
    return f'__inference_{name}_{self._number}'

  def _add(self, function: function_pb2.FunctionDef) -> str:
    self.functions.append(function)
    return function.signature.name

  def _spec(self, name: str, shape: Sequence[int | None]) -> tf.TensorSpec:
    return tf.TensorSpec(shape, tf.float32, name)

  @property
  def _images(self) -> tf.TensorSpec:
    return self._spec(INPUTS, self._input_shape)

  @property
  def _default(self) -> int:
    return list(self._shapes).index('default')

  def add_bodies(self) -> None:
    """Adds the two functions that compute, for inference and for training."""
    self._bodies = []
    for graph in self._graphs:
      mode = 'training' if graph.is_training else 'inference'
      tensors = {'default': graph.default, **graph.endpoints}
      arguments = {**self._arguments, **self._handles}
      if not graph.is_training:
        del arguments[graph_lib.MOMENTUM]
      outputs = [tensors[key] for key in self._shapes]
      targets = [*outputs, *graph.updates, *arguments]
      function = tf2_functions.body(
        self._name(f'{mode}_body'),
        graph_lib.prune(graph.definition, targets),
        arguments,
        outputs,
        graph.updates,
      )
      self._add(function)
      self._bodies.append(function)

  def _add_trace(
    self, name: str, training: bool, endpoints: bool, momentum: bool
  ) -> str:
    """Adds a function that calls a body.

    Args:
      name: The base of the function's name.
      training: Which of the two bodies it calls.
      endpoints: Whether it returns all endpoints, or the default output alone.
      momentum: Whether it takes the momentum as an argument.

    Returns:
      The full name of the function.
    """
    images, momentum_argument = self._arguments.values()
    arguments = [images, *([momentum_argument] if momentum else [])]
    constants = {MOMENTUM: self._handle.version.momentum}
    return self._add(
      tf2_functions.wrapper(
        self._name(name),
        self._bodies[training],
        [*arguments, *self._handles.values()],
        range(len(self._shapes)) if endpoints else [self._default],
        constants if training and not momentum else {},
      )
    )

  def _describe(
    self, trace: str, inputs: tuple[tuple, dict[str, Any]], outputs: Any
  ) -> None:
    self.objects.describe_trace(trace, list(self._handles), inputs, outputs)

  def add_call(self) -> int:
    """Adds `__call__`, traced for each combination of its flags."""
    traces: list[str] = []
    trains = self._handle.version.trains
    modes = (False, True) if trains else (False,)
    for training, endpoints in itertools.product(modes, (False, True)):
      trace = self._add_trace(
        f'call_{len(traces)}', training, endpoints, momentum=trains
      )
      inputs: tuple = (self._images, endpoints)
      if trains:
        momentum = self._spec(MOMENTUM, [])
        inputs = (self._images, training, endpoints, momentum)
      outputs: Any = self._spec('default', self._shapes['default'])
      if endpoints:
        outputs = {k: self._spec(k, s) for k, s in self._shapes.items()}
      self._describe(trace, (inputs, {}), outputs)
      traces.append(trace)
    arguments = {INPUTS: ..., 'return_endpoints': False}
    if trains:
      arguments = {
        INPUTS: ...,
        'training': False,
        'return_endpoints': False,
        MOMENTUM: self._handle.version.momentum,
      }
    return self.objects.add_function(arguments, traces)

  def add_endpoint(self, name: str, training: bool) -> int:
    """Adds a function that takes images alone, as Keras 3 expects."""
    trace = self._add_trace(name, training, endpoints=False, momentum=False)
    outputs = self._spec('default', self._shapes['default'])
    self._describe(trace, ((self._images,), {}), outputs)
    return self.objects.add_function({INPUTS: ...}, [trace])

  def add_losses(self) -> list[int]:
    """Adds the function that returns the sum of the losses, if any."""
    graph = self._graphs[0]
    if not graph.losses:
      return []
    definition = graph_lib.prune(graph.definition, graph.losses)
    total = definition.node.add(
      name='total', op='AddN', input=map(graph_lib.op_name, graph.losses)
    )
    total.attr['N'].i = len(graph.losses)
    total.attr['T'].type = tf.float32.as_datatype_enum
    used = graph_lib.reachable(graph_lib.inputs_of(definition), [total.name])
    handles = {n: a for n, a in self._handles.items() if n in used}
    trace = self._add(
      tf2_functions.body(
        self._name('regularization'), definition, handles, [total.name]
      )
    )
    outputs = self._spec('regularization', [])
    self.objects.describe_trace(trace, list(handles), ((), {}), outputs)
    return [self.objects.add_function({}, [trace])]

  def add_serving(self, meta: Any) -> int:
    """Adds the signature `serving_default`, for Python and for servers."""
    key = 'serving_default'
    trace = self._add_trace(
      key, training=False, endpoints=False, momentum=False
    )
    output = versions.SERVING_OUTPUTS[self._handle.task]
    shape = self._shapes['default']
    inputs = ((), {INPUTS: self._images})
    self._describe(trace, inputs, {output: self._spec(output, shape)})
    tf2_serving.add_signature(
      meta,
      key,
      self.functions[-1],
      ((INPUTS, self._input_shape), (output, shape)),
      list(self.nodes),
    )
    return self.objects.add_signature(trace, [INPUTS])


def _build(
  handle: model_specs.Handle, graphs: tuple[graph_lib.Graph, ...]
) -> tuple[saved_model_pb2.SavedModel, bytes]:
  """The model, and the description of its objects for the variables/ files."""
  builder = _Builder(handle, graphs)
  objects = builder.objects
  meta = tf2_serving.build(builder.nodes, graphs[0].definition)
  numbers = {v: objects.add_variable(v) for v in builder.variables}
  trainable = [number for v, number in numbers.items() if v.trainable]
  builder.add_bodies()
  children = {
    'variables': objects.add_list(list(numbers.values())),
    'trainable_variables': objects.add_list(trainable),
    'regularization_losses': objects.add_list(builder.add_losses()),
    '__call__': builder.add_call(),
    'serve': builder.add_endpoint('serve', training=False),
  }
  if handle.version.trains:
    children['train'] = builder.add_endpoint('train', training=True)
  signatures = {}
  if handle.version.serving_default:
    signatures['serving_default'] = builder.add_serving(meta)
  objects.attach({**children, 'signatures': objects.add_signatures(signatures)})
  for function in builder.functions:
    portable.rewrite(function)
  meta.graph_def.library.function.extend(builder.functions)
  meta.object_graph_def.CopyFrom(objects.proto)
  portable.check(meta.graph_def, str(handle))
  model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
  model.meta_graphs.append(meta)
  return model, objects.checkpoint()


def write_tf2(
  handle: model_specs.Handle,
  graphs: tuple[graph_lib.Graph, ...],
  tensors: Mapping[str, np.ndarray] | None,
  folder: pathlib.Path,
) -> None:
  """Writes the model into an empty folder.

  Args:
    handle: The handle of the model.
    graphs: Its inference graph and, if it trains, its training graph.
    tensors: The values of its variables by name; others are ignored. None
      leaves variables/ out.
    folder: An existing, empty folder.
  """
  model, objects = _build(handle, graphs)
  if tensors is not None:
    values = {
      tf2_objects.checkpoint_key(v.name): tensors[v.name]
      for v in graphs[0].variables
    }
    values[tf2_objects.CHECKPOINT_KEY] = np.array(objects, object)
    variables.write_variables(folder, values)
  (folder / 'assets').mkdir()
  serialized = model.SerializeToString(deterministic=True)
  (folder / 'saved_model.pb').write_bytes(serialized)
