"""Builds the object graph of a TF2 SavedModel, for tf.saved_model.load."""

from collections.abc import Mapping
from collections.abc import Sequence
import inspect
from typing import Any

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import saved_object_graph_pb2
from tensorflow.core.protobuf import trackable_object_graph_pb2
from tensorflow.python.saved_model import nested_structure_coder

from exporter.artifacts import graph
from exporter.artifacts import shapes

CHECKPOINT_KEY = '_CHECKPOINTABLE_OBJECT_GRAPH'
_VALUE = 'VARIABLE_VALUE'
_encode = nested_structure_coder.encode_structure


def checkpoint_key(variable: str) -> str:
  """The key of a variable in the artifact's variables/ files."""
  return f'{variable}/.ATTRIBUTES/{_VALUE}'


class ObjectGraph:
  """Builds the objects of a model; every `add_` method returns the new id."""

  def __init__(self) -> None:
    self.proto = saved_object_graph_pb2.SavedObjectGraph()
    self._variables: dict[str, int] = {}
    self._add_user_object('_generic_user_object')  # The root has id 0.

  def _add(self) -> tuple[int, saved_object_graph_pb2.SavedObject]:
    self.proto.nodes.add()
    return len(self.proto.nodes) - 1, self.proto.nodes[-1]

  def _add_user_object(self, identifier: str) -> int:
    number, node = self._add()
    node.user_object.identifier = identifier
    node.user_object.version.producer = 1
    node.user_object.version.min_consumer = 1
    return number

  def attach(self, children: Mapping[str, int], parent: int = 0) -> None:
    """Makes objects the attributes of another one, by default of the root.

    Args:
      children: Ids of the objects, by the names of the attributes.
      parent: The id of the object that gets the attributes.
    """
    for name, child in children.items():
      self.proto.nodes[parent].children.add(node_id=child, local_name=name)

  def add_variable(self, variable: graph.Variable) -> int:
    """Adds a float variable."""
    number, node = self._add()
    node.variable.dtype = types_pb2.DT_FLOAT
    shapes.fill(node.variable.shape, variable.shape)
    node.variable.trainable = variable.trainable
    node.variable.name = variable.name
    self._variables[variable.name] = number
    return number

  def add_list(self, items: Sequence[int]) -> int:
    """Adds a list of objects."""
    number = self._add_user_object('trackable_list_wrapper')
    self.attach({str(i): item for i, item in enumerate(items)}, number)
    return number

  def add_signatures(self, signatures: Mapping[str, int]) -> int:
    """Adds the map of serving signatures."""
    number = self._add_user_object('signature_map')
    self.attach(signatures, number)
    return number

  def add_function(
    self, arguments: Mapping[str, Any], traces: Sequence[str]
  ) -> int:
    """Adds a callable.

    Args:
      arguments: The default of each argument; `...` makes it required.
      traces: The functions that it was traced to.
    """
    number, node = self._add()
    defaults = tuple(v for v in arguments.values() if v is not ...)
    spec = inspect.FullArgSpec(
      list(arguments), None, None, defaults or None, [], None, {}
    )
    node.function.concrete_functions.extend(traces)
    node.function.function_spec.fullargspec.CopyFrom(_encode(spec))
    node.function.function_spec.input_signature.CopyFrom(_encode(None))
    return number

  def add_signature(self, trace: str, keywords: Sequence[str]) -> int:
    """Adds the function of a signature.

    Arguments are given by keyword; a single one may be given by position, too.
    """
    number, node = self._add()
    node.bare_concrete_function.concrete_function_name = trace
    node.bare_concrete_function.argument_keywords.extend(keywords)
    if len(keywords) == 1:
      node.bare_concrete_function.allowed_positional_arguments = 1
    return number

  def describe_trace(
    self,
    trace: str,
    variables: Sequence[str],
    inputs: tuple[tuple, dict[str, Any]],
    outputs: Any,
  ) -> None:
    """Declares which variables a trace uses, what it takes and returns."""
    function = self.proto.concrete_functions[trace]
    function.bound_inputs.extend(self._variables[name] for name in variables)
    function.canonicalized_input_signature.CopyFrom(_encode(inputs))
    function.output_signature.CopyFrom(_encode(outputs))

  def checkpoint(self) -> bytes:
    """The description of the same objects that the variables/ files hold."""
    proto = trackable_object_graph_pb2.TrackableObjectGraph()
    for node in self.proto.nodes:
      copy = proto.nodes.add()
      for child in node.children:
        copy.children.add(node_id=child.node_id, local_name=child.local_name)
      if node.HasField('variable'):
        copy.attributes.add(
          name=_VALUE,
          full_name=node.variable.name,
          checkpoint_key=checkpoint_key(node.variable.name),
        )
    return proto.SerializeToString(deterministic=True)
