"""What an artifact shows to somebody who has only its files."""

import ast
import sys

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from exporter.proof import stranger
from tests import artifacts_made as artifacts
from tests import corruptions as broken
from tests import source_tree

TINY = artifacts.TINY
_IMAGES = synthetic.synthetic_images(2, 32, 32)
_FEATURES = 'image_feature_vector'
_BOTH = pytest.mark.parametrize('number', [3, 5])


def _meet(name, folder=None):
  handle = artifacts.handle(name)
  folder = folder or artifacts.folder(name)
  return stranger.meet(folder, handle.version.format)


def test_it_needs_nothing_but_tensorflow_and_runs_on_python_3_7():
  path = source_tree.ROOT / 'exporter' / 'proof' / 'stranger.py'
  tree = ast.parse(path.read_text(), feature_version=(3, 7))
  imported = set()
  for node in ast.walk(tree):
    if isinstance(node, ast.Import):
      imported |= {alias.name.split('.')[0] for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
      imported.add((node.module or '.').split('.')[0])
  assert imported - sys.stdlib_module_names == {'numpy', 'tensorflow'}


@_BOTH
def test_variables_are_as_they_were_written(number):
  name = f'{TINY}/classification/{number}'
  variables, expected = _meet(name).variables(), artifacts.tensors(name)
  assert variables.keys() == expected.keys()
  for key, value in variables.items():
    np.testing.assert_array_equal(value, expected[key])


def test_names_of_both_graphs_of_a_module():
  names = _meet(f'{TINY}/feature_vector/1').names()
  assert set(names.variables) == {
    f'{key} of the {mode} graph'
    for key in ('variables', 'model_variables')
    for mode in ('inference', 'training')
  }
  assert names.signatures == {
    'signatures of the inference graph': ['default', _FEATURES],
    'signatures of the training graph': ['default', _FEATURES],
  }
  trainable = sorted(
    name
    for name in artifacts.tensors(f'{TINY}/feature_vector/1')
    if 'moving' not in name and 'Logits' not in name
  )
  assert len(names.trainable) == 2
  assert all(listed == trainable for listed in names.trainable.values())


@pytest.mark.parametrize(
  ('number', 'signatures'), [(4, []), (5, ['serving_default'])]
)
def test_names_of_a_saved_model(number, signatures):
  names = _meet(f'{TINY}/classification/{number}').names()
  expected = sorted(artifacts.tensors(f'{TINY}/classification/{number}'))
  trainable = [name for name in expected if 'moving' not in name]
  assert names.variables == {'variables': expected}
  assert names.trainable == {
    'trainable_variables': trainable,
    'variables flagged as trainable': trainable,
  }
  assert names.signatures == {'signatures': signatures}


def test_every_signature_of_a_module_is_called():
  module = _meet(f'{TINY}/classification/3')
  calls = {c.name: c for c in module.infer(_IMAGES)}
  named = ('image_classification', _FEATURES)
  assert set(calls) == {
    f'{name} of the inference graph'
    for name in ('default', *named, *(f'{n}_with_bn_hparams' for n in named))
  }
  features = calls[f'{_FEATURES} of the inference graph']
  assert features.returns == stranger.FEATURES
  assert features.outputs['default'].shape == (2, 8)
  default = calls['default of the inference graph']
  assert default.returns == stranger.DEFAULT
  assert set(default.outputs) == {'default'}
  logits = calls['image_classification of the inference graph']
  assert logits.returns == stranger.ENDPOINTS


@pytest.mark.parametrize(
  ('task', 'output'),
  [('classification', 'logits'), ('feature_vector', 'feature_vector')],
)
def test_everything_of_a_saved_model_that_infers_is_called(task, output):
  calls = list(_meet(f'{TINY}/{task}/5').infer(_IMAGES))
  assert [(call.name, call.returns) for call in calls] == [
    ('__call__', stranger.DEFAULT),
    ('__call__ with endpoints', stranger.ENDPOINTS),
    ('serve', stranger.DEFAULT),
    ('serving_default', stranger.SIGNATURE),
  ]
  for call in calls[:3]:
    np.testing.assert_array_equal(
      call.outputs['default'], calls[3].outputs[output]
    )


@pytest.mark.parametrize('number', [1, 3])
def test_training_a_module_starts_from_the_same_state_each_time(number):
  module = _meet(name := f'{TINY}/feature_vector/{number}')
  calls = list(module.train(_IMAGES, 0.5))
  for call in calls:
    is_passed = call.name.startswith(f'{_FEATURES}_with_bn_hparams')
    assert call.momentum == (0.5 if is_passed else None)
    assert {key.rsplit('/', 1)[1] for key in call.moving} == {
      'moving_mean',
      'moving_variance',
    }
  first, second = calls[:2]
  for key, value in first.moving.items():
    np.testing.assert_array_equal(value, second.moving[key])
    assert np.abs(value - artifacts.tensors(name)[key]).max() > 0


def test_training_a_saved_model_starts_from_the_same_state_each_time():
  name = f'{TINY}/feature_vector/5'
  saved_model = _meet(name)
  calls = list(saved_model.train(_IMAGES, 0.5))
  assert [(c.name, c.momentum, c.returns) for c in calls] == [
    ('training with endpoints', 0.5, stranger.ENDPOINTS),
    ('training with the default momentum', None, stranger.DEFAULT),
    ('training through `train`', None, stranger.DEFAULT),
  ]
  _, by_default, by_train = calls
  for key, value in by_default.moving.items():
    np.testing.assert_array_equal(value, by_train.moving[key])
    assert np.abs(value - artifacts.tensors(name)[key]).max() > 0


@_BOTH
def test_losses_are_summed(number):
  kernel = artifacts.tensors(f'{TINY}/feature_vector/{number}')[broken.KERNEL]
  expected = 4e-5 * np.sum(np.square(kernel)) / 2
  losses = _meet(f'{TINY}/feature_vector/{number}').losses()
  assert losses == pytest.approx(expected, rel=1e-6)


def test_losses_that_differ_between_the_graphs_are_no_number(tmp_path):
  name = f'{TINY}/feature_vector/3'
  folder = artifacts.copy(name, tmp_path)
  with artifacts.edit(folder) as model:
    _, training = model.meta_graphs
    del training.collection_def['regularization_losses']
  assert np.isnan(_meet(name, folder).losses())


@_BOTH
def test_missing_gradients_are_named(number, tmp_path):
  name = f'{TINY}/feature_vector/{number}'
  assert not _meet(name).missing_gradients(_IMAGES)
  folder = artifacts.copy(name, tmp_path)
  with artifacts.edit(folder) as model:
    broken.stop_gradient(model)
  missing = _meet(name, folder).missing_gradients(_IMAGES)
  assert set(missing) == {broken.KERNEL}


@_BOTH
def test_infinite_gradients_are_missing(number):
  name = f'{TINY}/feature_vector/{number}'
  images = np.full([2, 32, 32, 3], np.nan, np.float32)
  artifact = _meet(name)
  expected, *_ = artifact.names().trainable.values()
  assert set(artifact.missing_gradients(images)) == set(expected)


class _OfOneLoss:
  """A model that a gradient reaches once, and never again."""

  def __init__(self):
    self.trainable_variables = [tf.Variable(2.0, name='once')]
    self._is_used = False

  def __call__(self, images, training):
    del images, training
    (variable,) = self.trainable_variables
    output = tf.constant(1.0) if self._is_used else variable * 3
    self._is_used = True
    return output


def test_a_second_loss_gets_its_gradients_too(monkeypatch):
  saved_model = _meet(f'{TINY}/feature_vector/5')
  monkeypatch.setattr(saved_model, '_model', _OfOneLoss())
  assert saved_model.missing_gradients(_IMAGES) == ['once']
