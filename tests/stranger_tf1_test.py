"""What a TF1 module shows to somebody who has only the files."""

import numpy as np
import pytest

from exporter import reference
from exporter import stranger_tf1
from exporter import synthetic
from tests import artifacts
from tests import corruptions as broken

TINY = artifacts.TINY
_IMAGES = synthetic.images(2, 32, 32)
_FEATURES = 'image_feature_vector'
_WITH_MOMENTUM = 'image_feature_vector_with_bn_hparams'


def _meet(name, folder=None):
  folder = folder or artifacts.folder(name)
  return stranger_tf1.StrangerTf1(artifacts.handle(name), folder)


def test_variables_are_as_they_were_written():
  name = f'{TINY}/classification/3'
  found, expected = _meet(name).variables, artifacts.tensors(name)
  assert found.keys() == expected.keys()
  for key, value in found.items():
    np.testing.assert_array_equal(value, expected[key])


def test_names_of_both_graphs():
  names = _meet(f'{TINY}/feature_vector/1').names
  assert set(names.variables) == {
    f'{key} of the {mode} graph'
    for key in ('variables', 'model_variables')
    for mode in ('inference', 'training')
  }
  assert names.signatures == {
    'signatures of the inference graph': {'default', _FEATURES},
    'signatures of the training graph': {'default', _FEATURES},
  }
  trainable = {
    name
    for name in artifacts.tensors(f'{TINY}/feature_vector/1')
    if 'moving' not in name and 'Logits' not in name
  }
  assert set(map(frozenset, names.trainable.values())) == {frozenset(trainable)}


def test_every_signature_is_called():
  found = _meet(f'{TINY}/classification/3')
  calls = {c.name: c for c in found.infer(_IMAGES)}
  named = ('image_classification', _FEATURES)
  assert set(calls) == {
    f'{name} of the inference graph'
    for name in ('default', *named, *(f'{n}_with_bn_hparams' for n in named))
  }
  features = calls[f'{_FEATURES} of the inference graph']
  assert features.default == reference.FEATURES
  assert features.outputs['default'].shape == (2, 8)
  assert features.has_endpoints
  default = calls['default of the inference graph']
  assert default.default == reference.LOGITS
  assert not default.has_endpoints
  assert set(default.outputs) == {'default'}


@pytest.mark.parametrize(('number', 'default'), [(1, 0.997), (3, 0.99)])
def test_training_starts_from_the_same_state_each_time(number, default):
  found = _meet(name := f'{TINY}/feature_vector/{number}')
  calls = list(found.train(_IMAGES, 0.5))
  for call in calls:
    is_passed = call.name.startswith(_WITH_MOMENTUM)
    assert call.momentum == (0.5 if is_passed else default)
    assert {key.rsplit('/', 1)[1] for key in call.moving} == {
      'moving_mean',
      'moving_variance',
    }
  first, second = calls[:2]
  for key, value in first.moving.items():
    np.testing.assert_array_equal(value, second.moving[key])
    assert np.abs(value - artifacts.tensors(name)[key]).max() > 0


def test_losses_that_differ_between_the_graphs_are_no_number(tmp_path):
  name = f'{TINY}/feature_vector/3'
  assert _meet(name).losses() > 0
  folder = artifacts.copy(name, tmp_path)
  with artifacts.edit(folder) as model:
    _, training = model.meta_graphs
    del training.collection_def['regularization_losses']
  assert np.isnan(_meet(name, folder).losses())


def test_missing_gradients_are_named(tmp_path):
  name = f'{TINY}/feature_vector/3'
  assert not _meet(name).missing_gradients(_IMAGES)
  folder = artifacts.copy(name, tmp_path)
  with artifacts.edit(folder) as model:
    broken.stop_gradient(model)
  assert _meet(name, folder).missing_gradients(_IMAGES) == [broken.KERNEL]


def test_infinite_gradients_are_missing():
  name = f'{TINY}/feature_vector/3'
  images = np.full([2, 32, 32, 3], np.nan, np.float32)
  found = _meet(name)
  (trainable,) = set(found.names.trainable.values())
  assert set(found.missing_gradients(images)) == trainable
