"""What a TF2 SavedModel shows to somebody who has only the files."""

import numpy as np
import pytest

from exporter import stranger_tf2
from exporter import synthetic
from tests import artifacts
from tests import corruptions as broken

TINY = artifacts.TINY
_IMAGES = synthetic.images(2, 32, 32)


def _meet(name, folder=None):
  folder = folder or artifacts.folder(name)
  return stranger_tf2.StrangerTf2(artifacts.handle(name), folder)


def test_variables_are_as_they_were_written():
  name = f'{TINY}/classification/5'
  found, expected = _meet(name).variables, artifacts.tensors(name)
  assert found.keys() == expected.keys()
  for key, value in found.items():
    np.testing.assert_array_equal(value, expected[key])


@pytest.mark.parametrize(
  ('number', 'signatures'), [(4, set()), (5, {'serving_default'})]
)
def test_names(number, signatures):
  names = _meet(f'{TINY}/classification/{number}').names
  expected = set(artifacts.tensors(f'{TINY}/classification/{number}'))
  trainable = {name for name in expected if 'moving' not in name}
  assert names.variables == {'variables': expected}
  assert names.trainable == {
    'trainable_variables': trainable,
    'variables flagged as trainable': trainable,
  }
  assert names.signatures == {
    'signatures': signatures,
    'signatures for serving': signatures,
  }


@pytest.mark.parametrize('task', ['classification', 'feature_vector'])
def test_everything_that_infers_is_called(task):
  calls = list(_meet(f'{TINY}/{task}/5').infer(_IMAGES))
  assert [call.name for call in calls] == [
    '__call__',
    '__call__ with endpoints',
    'serve',
    'serving_default',
    'serving_default for serving',
  ]
  for call in calls:
    assert call.has_endpoints == ('endpoints' in call.name)
    assert call.has_endpoints or set(call.outputs) == {'default'}
    np.testing.assert_array_equal(
      call.outputs['default'], calls[0].outputs['default']
    )


def test_a_signatures_output_must_bear_its_name(tmp_path):
  # Its features are not what a classifier's signature promises.
  folder = artifacts.folder(f'{TINY}/feature_vector/5')
  found = _meet(f'{TINY}/classification/5', folder)
  *_, call, _ = found.infer(_IMAGES)
  assert set(call.outputs) == {"output 'feature_vector'"}


def test_training_starts_from_the_same_state_each_time():
  name = f'{TINY}/feature_vector/5'
  calls = list(_meet(name).train(_IMAGES, 0.5))
  assert [(c.name, c.momentum, c.has_endpoints) for c in calls] == [
    ('training with endpoints', 0.5, True),
    ('training with the default momentum', 0.99, False),
    ('training through `train`', 0.99, False),
  ]
  _, by_default, by_train = calls
  for key, value in by_default.moving.items():
    np.testing.assert_array_equal(value, by_train.moving[key])
    assert np.abs(value - artifacts.tensors(name)[key]).max() > 0


def test_variables_stay_as_loaded_whatever_was_trained():
  name = f'{TINY}/feature_vector/5'
  found = _meet(name)
  list(found.train(_IMAGES, 0.5))
  for key, value in found.variables.items():
    np.testing.assert_array_equal(value, artifacts.tensors(name)[key])


def test_losses_are_summed():
  kernel = artifacts.tensors(f'{TINY}/feature_vector/4')[broken.KERNEL]
  expected = 4e-5 * np.sum(np.square(kernel)) / 2
  found = _meet(f'{TINY}/feature_vector/4').losses()
  assert found == pytest.approx(expected, rel=1e-6)


def test_missing_gradients_are_named_as_variables_are(tmp_path):
  name = f'{TINY}/feature_vector/5'
  assert not _meet(name).missing_gradients(_IMAGES)
  folder = artifacts.copy(name, tmp_path)
  with artifacts.edit(folder) as model:
    broken.stop_gradient(model)
  found = _meet(name, folder).missing_gradients(_IMAGES)
  assert set(found) == {broken.KERNEL}


def test_infinite_gradients_are_missing():
  name = f'{TINY}/feature_vector/5'
  images = np.full([2, 32, 32, 3], np.nan, np.float32)
  found = _meet(name)
  expected = found.names.trainable['trainable_variables']
  assert set(found.missing_gradients(images)) == expected
