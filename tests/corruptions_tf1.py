"""Ways to break a TF1 module of the tiny network."""

from tensorflow.core.framework import variable_pb2
from tensorflow.core.protobuf import saved_model_pb2

from tests import corruptions as broken


def momentum(model: saved_model_pb2.SavedModel) -> None:
  """Another default momentum."""
  broken.set_value(broken.node(model, True, 'hub_input/default_momentum'), 0.9)


def uncollect(training: bool, key: str, name: str) -> broken.Corruption:
  """Takes a node or a variable out of a collection."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    collection = model.meta_graphs[training].collection_def[key]
    if collection.HasField('node_list'):
      names = collection.node_list.value
      names.remove(next(n for n in names if n.split(':')[0] == name))
    else:
      items = collection.bytes_list.value
      items.remove(
        next(
          item
          for item in items
          if variable_pb2.VariableDef.FromString(item).variable_name
          == f'{name}:0'
        )
      )

  return broken.program(edit)


LOSE_UPDATE = uncollect(True, 'update_ops', broken.UPDATE)


def lose_loss(training: bool) -> broken.Corruption:
  """Takes the classifier's weight decay out of one graph."""
  return uncollect(training, 'regularization_losses', broken.LOGITS_LOSS)


def rewire(training: bool) -> broken.Corruption:
  """Answers an endpoint before its activation function."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    signatures = model.meta_graphs[training].signature_def
    outputs = signatures['image_feature_vector'].outputs
    outputs['Tiny/Conv2d_0'].name = f'{broken.NORM}:0'

  return broken.program(edit)


def answer_features(model: saved_model_pb2.SavedModel) -> None:
  """Answers features where logits are promised, in training."""
  signatures = model.meta_graphs[True].signature_def
  features = signatures['image_feature_vector'].outputs['default']
  signatures['default'].outputs['default'].CopyFrom(features)


def lose(what: str, training: bool) -> broken.Corruption:
  """Removes a graph, a signature or an endpoint."""

  def edit(model: saved_model_pb2.SavedModel) -> None:
    signatures = model.meta_graphs[training].signature_def
    if what == 'graph':
      del model.meta_graphs[training]
    elif what == 'signature':
      del signatures['image_feature_vector']
    elif what == 'momentum':
      signature = signatures['image_feature_vector_with_bn_hparams']
      del signature.inputs['batch_norm_momentum']
    else:
      del signatures['image_feature_vector'].outputs[what]

  return broken.program(edit)
