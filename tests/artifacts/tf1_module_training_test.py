"""What fine-tuning a TF1 module relies on, tried with TensorFlow alone."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from model_specs import versions
from tests import artifacts_made as artifacts

V1, V2 = artifacts.V1, artifacts.V2
every_module = pytest.mark.parametrize(
  'name', artifacts.handles(V1, V2, version_format=versions.TF1)
)


class _Training(artifacts.Module):
  """The training graph, and what its moving averages do."""

  def __init__(self, name):
    super().__init__(artifacts.folder(name), 'train')
    trainable = {v.name for v in self.collection('trainable_variables')}
    variables = self.collection('variables')
    self.moving = [v for v in variables if v.name not in trainable]
    self.images = synthetic.synthetic_images(
      2, *[artifacts.handle(name).spec.size] * 2
    )

  def step(self, signature='default', **inputs):
    """The moving averages before and after one step."""
    signature_def = self.meta.signature_def[signature]
    before = self.session.run(self.moving)
    feeds = {
      signature_def.inputs[key].name: value for key, value in inputs.items()
    }
    feeds[signature_def.inputs['images'].name] = self.images
    self.session.run(self.collection('update_ops'), feeds)
    return before, self.session.run(self.moving)


def _assert_moved_by(momentum, before, batch, after):
  for old, new, moved in zip(before, batch, after, strict=True):
    expected = momentum * old + (1 - momentum) * new
    np.testing.assert_allclose(moved, expected, rtol=1e-4, atol=1e-5)
    assert np.abs(moved - old).max() > 0


@pytest.mark.parametrize('model', [V1, V2])
def test_moving_averages_move_by_the_momentum_passed(model):
  training = _Training(f'{model}/feature_vector/3')
  signature = 'image_feature_vector_with_bn_hparams'
  steps = {
    momentum: training.step(signature, batch_norm_momentum=momentum)
    for momentum in (0.9, 0.5, 0.0)
  }
  _, batch = steps[0.0]
  for momentum, (before, after) in steps.items():
    _assert_moved_by(momentum, before, batch, after)


@pytest.mark.parametrize(
  ('number', 'momentum'), [(1, 0.997), (2, 0.997), (3, 0.99)]
)
def test_moving_averages_move_by_the_default_of_the_version(number, momentum):
  training = _Training(f'{V2}/feature_vector/{number}')
  before, after = training.step()
  passed = _Training(f'{V2}/feature_vector/3')
  _, batch = passed.step(
    'image_feature_vector_with_bn_hparams', batch_norm_momentum=0.0
  )
  _assert_moved_by(momentum, before, batch, after)


@every_module
def test_each_moving_average_has_its_update(name):
  training = _Training(name)
  before, after = training.step()
  assert len(training.collection('update_ops')) == len(before)
  for old, new in zip(before, after, strict=True):
    assert np.abs(new - old).max() > 0


@pytest.mark.parametrize('tags', [(), ('train',)])
def test_losses_are_the_decay_of_kernels_that_are_not_depthwise(tags):
  module = artifacts.Module(artifacts.folder(f'{V2}/classification/3'), *tags)
  expected = sum(
    4e-5 * np.sum(np.square(value, dtype=np.float64)) / 2
    for name, value in artifacts.tensors(f'{V2}/classification/3').items()
    if name.endswith('/weights')
  )
  losses = module.session.run(module.collection('regularization_losses'))
  assert sum(losses) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize('tags', [(), ('train',)])
@pytest.mark.parametrize('task', versions.TASKS)
def test_gradients_reach_what_is_trainable(tags, task):
  name = f'{V1}/{task}/3'
  module = artifacts.Module(artifacts.folder(name), *tags)
  output = module.meta.signature_def['default'].outputs['default'].name
  with module.graph.as_default():
    loss = tf.reduce_sum(module.graph.get_tensor_by_name(output) ** 2)
    variables = module.collection('trainable_variables')
    gradients = tf.compat.v1.gradients(loss, variables)
  images = synthetic.synthetic_images(2, 128, 128)
  values = module.session.run(gradients, {'hub_input/images:0': images})
  assert len(values) == len(variables)
  assert all(np.abs(value).max() > 0 for value in values)


def test_inference_updates_nothing():
  module = artifacts.Module(artifacts.folder(f'{V2}/classification/3'))
  variables = module.collection('variables')
  before = module.session.run(variables)
  module.call('default', images=synthetic.synthetic_images(1, 96, 96))
  for old, new in zip(before, module.session.run(variables), strict=True):
    np.testing.assert_array_equal(old, new)
