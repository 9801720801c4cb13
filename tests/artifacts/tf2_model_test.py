"""What users of tf.saved_model.load rely on, tried with TensorFlow alone."""

import functools

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from model_specs import versions
from tests import artifacts_made as artifacts

V1, V2 = artifacts.V1, artifacts.V2
every_model = pytest.mark.parametrize(
  'name', artifacts.handles(V1, V2, version_format=versions.TF2)
)
one_of_each = pytest.mark.parametrize(
  'name', [f'{V1}/classification/4', f'{V2}/feature_vector/5']
)


@functools.cache
def _loaded(name):
  model = tf.saved_model.load(str(artifacts.folder(name)))
  return model, {v.name: v.numpy() for v in model.variables}


def _load(name):
  """The model, its variables reset to the values that were loaded."""
  model, initial = _loaded(name)
  for variable in model.variables:
    variable.assign(initial[variable.name])
  return model


def _values(variables):
  return [variable.numpy() for variable in variables]


def _moving(model):
  return [v for v in model.variables if '/moving_' in v.name]


def _images(name, count=2):
  size = artifacts.handle(name).spec.size
  return tf.constant(synthetic.synthetic_images(count, size, size))


def _endpoints(name):
  handle = artifacts.handle(name)
  inference, _ = artifacts.sources(handle.spec)
  names = inference.scoped_endpoints(handle.spec.family.scope)
  is_classifier = name.split('/')[1] == 'classification'
  return {n for n in names if is_classifier or not n.endswith('/Logits')}


@every_model
def test_files(name):
  folder = artifacts.folder(name)
  assert {str(p.relative_to(folder)) for p in folder.rglob('*')} == {
    'assets',
    'saved_model.pb',
    'variables',
    'variables/variables.data-00000-of-00001',
    'variables/variables.index',
  }


@every_model
def test_signature_since_version_5(name):
  signatures = _load(name).signatures
  expected = ['serving_default'] if name.endswith('/5') else []
  assert list(signatures) == expected


@pytest.mark.parametrize(
  ('name', 'side', 'output', 'width'),
  [
    (f'{V1}/classification/5', None, 'logits', 1001),
    (f'{V1}/feature_vector/5', None, 'feature_vector', 256),
    (f'{V2}/classification/5', 96, 'logits', 1001),
    (f'{V2}/feature_vector/5', 96, 'feature_vector', 1280),
  ],
)
def test_what_the_signature_takes_and_returns(name, side, output, width):
  model = _load(name)
  signature = model.signatures['serving_default']
  _, inputs = signature.structured_input_signature
  assert inputs == {
    'inputs': tf.TensorSpec([None, side, side, 3], name='inputs')
  }
  (named_spec,) = signature.structured_outputs.items()
  assert named_spec == (output, tf.TensorSpec([None, width], name=output))
  images = _images(name)
  for answer in (signature(inputs=images), signature(images)):
    np.testing.assert_array_equal(answer[output], model(images))


@every_model
def test_every_combination_of_the_flags(name):
  model, images = _load(name), _images(name)
  for training in (False, True):
    default = model(images, training=training)
    assert default.shape == (2, artifacts.handle(name).num_outputs)
    outputs = model(images, training=training, return_endpoints=True)
    assert set(outputs) == {'default', *_endpoints(name)}
    for value in (default, *outputs.values()):
      assert value.dtype == tf.float32
      assert np.isfinite(value).all()


def test_v2_features_come_with_71_outputs():
  model = _load(f'{V2}/feature_vector/5')
  outputs = model(_images(f'{V2}/feature_vector/5'), return_endpoints=True)
  assert len(outputs) == 71
  assert outputs['MobilenetV2/layer_18/expansion_output'].shape[1:3] == (3, 3)
  assert outputs['MobilenetV2/layer_1'].shape == (2, 48, 48, 16)


@one_of_each
def test_traces_are_the_four_combinations(name):
  traces = _load(name).__call__.concrete_functions
  signatures = [trace.structured_input_signature for trace in traces]
  side = None if name.startswith(V1) else 96
  images = tf.TensorSpec([None, side, side, 3], name='inputs')
  momentum = tf.TensorSpec([], name='batch_norm_momentum')
  assert signatures == [
    ((images, training, endpoints, momentum), {})
    for training in (False, True)
    for endpoints in (False, True)
  ]


@one_of_each
def test_arguments_by_place_and_by_name(name):
  model, images = _load(name), _images(name)
  by_place = model(images, False, True, 0.5)
  by_name = model(
    inputs=images, training=False, return_endpoints=True, batch_norm_momentum=1
  )
  for key, value in by_place.items():
    np.testing.assert_array_equal(value, by_name[key])
  np.testing.assert_array_equal(by_place['default'], model(images))


@one_of_each
def test_serve_is_inference(name):
  model, images = _load(name), _images(name)
  np.testing.assert_array_equal(model.serve(images), model(images))


@pytest.mark.parametrize('number', [4, 5])
@pytest.mark.parametrize('how', ['passed', 'default', 'train'])
def test_moving_averages_move_by_the_momentum(number, how):
  model = _load(name := f'{V1}/feature_vector/{number}')
  images, before = _images(name), _values(_moving(model))
  calls = {
    'passed': (0.9, lambda: model(images, True, batch_norm_momentum=0.9)),
    'default': (0.99, lambda: model(images, training=True)),
    'train': (0.99, lambda: model.train(images)),
  }
  momentum, call = calls[how]
  call()
  after = _values(_moving(model))
  model(images, training=True, batch_norm_momentum=0.0)
  batch = _values(_moving(model))
  for old, new, moved in zip(before, batch, after, strict=True):
    expected = momentum * old + (1 - momentum) * new
    np.testing.assert_allclose(moved, expected, rtol=1e-4, atol=1e-5)
    assert np.abs(moved - old).max() > 0


@one_of_each
def test_inference_moves_nothing(name):
  model = _load(name)
  before = _values(model.variables)
  model(_images(name), return_endpoints=True)
  model.serve(_images(name))
  for old, new in zip(before, _values(model.variables), strict=True):
    np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize(
  ('name', 'variables', 'trainable'),
  [
    (f'{V1}/feature_vector/4', 135, 81),
    (f'{V1}/classification/5', 137, 83),
    (f'{V2}/feature_vector/5', 260, 156),
    (f'{V2}/classification/4', 262, 158),
  ],
)
def test_variables(name, variables, trainable):
  model = _load(name)
  assert len(model.variables) == variables
  assert len(model.trainable_variables) == trainable
  flagged = {v.name for v in model.variables if v.trainable}
  assert flagged == {v.name for v in model.trainable_variables}
  assert not any('/moving_' in v for v in flagged)
  tensors = artifacts.tensors(name)
  for variable in model.variables:
    value = tensors[variable.name.removesuffix(':0')]
    np.testing.assert_array_equal(variable.numpy(), value)


@every_model
def test_losses_are_functions_without_arguments(name):
  model = _load(name)
  expected = sum(
    4e-5 * np.sum(np.square(value, dtype=np.float64)) / 2
    for key, value in _loaded(name)[1].items()
    if key.endswith('/weights:0')
  )
  total_loss = sum(loss() for loss in model.regularization_losses)
  assert float(total_loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize('training', [False, True])
@pytest.mark.parametrize(
  'name', [f'{V1}/classification/5', f'{V2}/feature_vector/5']
)
def test_gradients_under_a_persistent_tape(name, training):
  model = _load(name)
  with tf.GradientTape(persistent=True) as tape:
    output = model(_images(name), training=training)
    loss = tf.reduce_sum(output**2)
  first, second = (
    tape.gradient(loss, model.trainable_variables) for _ in range(2)
  )
  for gradient, repeated in zip(first, second, strict=True):
    assert np.isfinite(gradient).all()
    assert np.abs(gradient).max() > 0
    np.testing.assert_allclose(gradient, repeated, rtol=1e-3, atol=1e-3)


def test_losses_have_gradients():
  model = _load(f'{V1}/feature_vector/5')
  with tf.GradientTape() as tape:
    loss = model.regularization_losses[0]()
  kernel = model.trainable_variables[0]
  gradient = tape.gradient(loss, kernel)
  np.testing.assert_allclose(gradient, 4e-5 * kernel.numpy(), rtol=1e-5)


@pytest.mark.parametrize('size', [(128, 128), (96, 160), (64, 64)])
@pytest.mark.parametrize('number', [4, 5])
def test_v1_takes_other_sizes(number, size):
  model = _load(f'{V1}/classification/{number}')
  images = tf.constant(synthetic.synthetic_images(1, *size))
  assert model(images).shape == (1, 1001)
  assert model.serve(images).shape == (1, 1001)
  for signature in model.signatures.values():
    assert signature(inputs=images)['logits'].shape == (1, 1001)


def test_v2_refuses_another_size():
  model = _load(f'{V2}/feature_vector/5')
  for function in (model, model.serve, model.train):
    with pytest.raises(ValueError, match='Could not find matching'):
      function(tf.zeros([1, 64, 64, 3]))


def test_size_of_the_program():
  # The published model's has 1,151,144 bytes.
  name = 'mobilenet_v2_100_224/feature_vector/5'
  program = artifacts.folder(name) / 'saved_model.pb'
  assert program.stat().st_size <= 0.6 * 1_151_144
