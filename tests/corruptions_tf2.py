"""Ways to break a TF2 SavedModel of the tiny network."""

from tensorflow.core.framework import types_pb2
from tensorflow.core.protobuf import saved_model_pb2

from tests import corruptions as broken


def _functions(model: saved_model_pb2.SavedModel, name: str) -> list:
  library = model.meta_graphs[0].graph_def.library
  return [f for f in library.function if f'_{name}_' in f.signature.name]


def _objects(model: saved_model_pb2.SavedModel):
  return model.meta_graphs[0].object_graph_def


def _attribute(model: saved_model_pb2.SavedModel, name: str):
  """An attribute of the root object."""
  nodes = _objects(model).nodes
  (number,) = (c.node_id for c in nodes[0].children if c.local_name == name)
  return nodes[number]


def call_momentum(model: saved_model_pb2.SavedModel) -> None:
  """Another default momentum of `__call__`."""
  spec = _attribute(model, '__call__').function.function_spec.fullargspec
  (defaults,) = (
    pair.value
    for pair in spec.named_tuple_value.values
    if pair.key == 'defaults'
  )
  defaults.tuple_value.values[-1].float64_value = 0.9


def train_momentum(model: saved_model_pb2.SavedModel) -> None:
  """Another momentum of `train`."""
  (function,) = _functions(model, 'train')
  (node,) = (n for n in function.node_def if n.op == 'Const')
  broken.set_value(node, 0.9)


def lose_update(model: saved_model_pb2.SavedModel) -> None:
  """Leaves one moving average alone."""
  broken.node(model, True, 'updates').input.remove(f'^{broken.UPDATE}')


def lose_updates(name: str) -> broken.Corruption:
  """Lets a trace return before the moving averages have moved."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    (function,) = _functions(model, name)
    function.control_ret.clear()
    del function.signature.control_output[:]

  return broken.program(edit)


def lose_loss(model: saved_model_pb2.SavedModel) -> None:
  """Takes the classifier's weight decay out of the sum."""
  (function,) = _functions(model, 'regularization')
  (total,) = (n for n in function.node_def if n.name == 'total')
  total.input.remove(f'{broken.LOGITS_LOSS}:z:0')
  total.attr['N'].i -= 1


def rewire(training: bool) -> broken.Corruption:
  """Answers an endpoint before its activation function."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    name = 'training_body' if training else 'inference_body'
    (function,) = _functions(model, name)
    assert function.ret['output_0'] == 'Tiny/Conv2d_0/Relu6:activations:0'
    function.ret['output_0'] = f'{broken.NORM}:y:0'

  return broken.program(edit)


def rename_endpoint(model: saved_model_pb2.SavedModel) -> None:
  """Gives an endpoint another name; the order of the names stays."""
  for trace in _objects(model).concrete_functions.values():
    fields = trace.output_signature.dict_value.fields
    if 'Tiny/Conv2d_0' in fields:
      fields['Tiny/Conv2d_00'].CopyFrom(fields.pop('Tiny/Conv2d_0'))


def lose_listed(name: str) -> broken.Corruption:
  """Takes the last variable out of a list of the root object."""
  return broken.program(lambda model: _attribute(model, name).children.pop())


def freeze(model: saved_model_pb2.SavedModel) -> None:
  """Flags a kernel as not trainable."""
  (node,) = (
    n for n in _objects(model).nodes if n.variable.name == broken.KERNEL
  )
  node.variable.trainable = False


def _declared(model: saved_model_pb2.SavedModel, name: str):
  """What Python's loader is told of a variable."""
  nodes = [n.variable for n in _objects(model).nodes]
  return next(each for each in nodes if each.name == name)


def declare_shape(model: saved_model_pb2.SavedModel) -> None:
  """Declares the dimensions of a kernel in the other order."""
  sizes = _declared(model, broken.KERNEL).shape.dim
  for dim, size in zip(sizes, [d.size for d in sizes][::-1], strict=True):
    dim.size = size


def declare_type(model: saved_model_pb2.SavedModel) -> None:
  """Declares a kernel to be of 64 bits."""
  _declared(model, broken.KERNEL).dtype = types_pb2.DT_DOUBLE


def lose_trace(number: int) -> broken.Corruption:
  """Removes a combination of `__call__`'s flags."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    _attribute(model, '__call__').function.concrete_functions.pop(number)

  return broken.program(edit)


def lose_attribute(name: str) -> broken.Corruption:
  """Removes an attribute of the root object."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    children = _objects(model).nodes[0].children
    (attribute,) = (child for child in children if child.local_name == name)
    children.remove(attribute)

  return broken.program(edit)


def lose_signature(model: saved_model_pb2.SavedModel) -> None:
  """Removes what TensorFlow Serving calls."""
  del model.meta_graphs[0].signature_def['serving_default']


def swap_restored(model: saved_model_pb2.SavedModel) -> None:
  """Restores two variables of one shape into each other for serving."""
  nodes = model.meta_graphs[0].graph_def.node
  assigns = {
    n.input[0].partition('/')[2]: n  # Without what tells models apart.
    for n in nodes
    if n.op == 'AssignVariableOp'
  }
  first, second = assigns[broken.GAMMA], assigns[broken.OTHER_GAMMA]
  first.input[1], second.input[1] = second.input[1], first.input[1]


def call_other_body(model: saved_model_pb2.SavedModel) -> None:
  """Lets `serve` call what trains; the arguments no longer fit."""
  (function,) = _functions(model, 'serve')
  (body,) = _functions(model, 'training_body')
  (call,) = (n for n in function.node_def if n.name == 'call')
  call.attr['f'].func.name = body.signature.name


def return_other_output(model: saved_model_pb2.SavedModel) -> None:
  """Lets `serve` return another output of what it calls."""
  (function,) = _functions(model, 'serve')
  function.ret['output_0'] = 'call:output:0'


def serve_more(model: saved_model_pb2.SavedModel) -> None:
  """Lets TensorFlow Serving answer an output that nobody promised."""
  outputs = model.meta_graphs[0].signature_def['serving_default'].outputs
  outputs['more'].CopyFrom(outputs['logits'])
