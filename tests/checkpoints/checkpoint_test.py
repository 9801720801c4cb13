"""Which tensors are read from a checkpoint that is in order."""

import dataclasses
import io
import tarfile

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import checkpoint
from exporter.checkpoints import synthetic
from tests import checkpoints_made as checkpoints
from tests import oracles
from tests import seeded
from tests import tiny_network

_MODEL = tiny_network.MODEL
_PUBLISHED, _FLAT = _MODEL.checkpoint, 'tiny_1.0_32.ckpt'


def _read(folder, weights='auto'):
  return checkpoint.read_published(
    folder, _MODEL, tiny_network.wanted(), weights
  )


def _archive(folder):
  """Moves a folder's files into the published archive."""
  with tarfile.open(folder / 'tiny_1.0_32.tgz', 'w:gz') as tar:
    for path in list(folder.glob(f'{_FLAT}*')):
      data = path.read_bytes()
      member = tarfile.TarInfo(f'./{path.name}')
      member.size = len(data)
      tar.addfile(member, io.BytesIO(data))
      path.unlink()


def _assert_equal(tensors, expected):
  assert tensors.keys() == expected.keys()
  for name, tensor in expected.items():
    assert tensors[name].dtype == np.float32
    np.testing.assert_array_equal(tensors[name], tensor)


@pytest.mark.parametrize('old_format', [False, True], ids=['new', 'old'])
@pytest.mark.parametrize('place', [_PUBLISHED, _FLAT, 'archive'])
def test_the_same_however_it_is_packed(tmp_path, place, old_format):
  tensors = tiny_network.tensors()
  prefix = tmp_path / (_FLAT if place == 'archive' else place)
  checkpoints.write(prefix, tensors, old_format)
  if place == 'archive':
    _archive(tmp_path)
  loaded = _read(tmp_path)
  _assert_equal(loaded.tensors, tensors)
  expected = checkpoint.Checkpoint(_MODEL.checkpoint, 'raw', tensors)
  assert (loaded.name, loaded.kind) == (expected.name, expected.kind)
  assert loaded.sha256 == expected.sha256


def test_in_shards(tmp_path):
  tensors = tiny_network.tensors()
  names = sorted(tensors)
  parts = [tmp_path / 'first', tmp_path / 'second']
  for part, keys in zip(parts, (names[:4], names[4:]), strict=True):
    checkpoints.write(part, {key: tensors[key] for key in keys})
  tf.raw_ops.MergeV2Checkpoints(
    checkpoint_prefixes=[str(part) for part in parts],
    destination_prefix=str(tmp_path / _FLAT),
  )
  assert (tmp_path / f'{_FLAT}.data-00001-of-00002').exists()
  loaded = _read(tmp_path)
  _assert_equal(loaded.tensors, tensors)


def test_from_a_saver_of_the_old_format(tmp_path):
  tensors = tiny_network.tensors()
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    variables = {
      name: tf.compat.v1.Variable(value) for name, value in tensors.items()
    }
    session.run(tf.compat.v1.global_variables_initializer())
    saver = tf.compat.v1.train.Saver(
      variables, write_version=tf.compat.v1.train.SaverDef.V1
    )
    saver.save(session, str(tmp_path / _FLAT))
  assert (tmp_path / _FLAT).is_file()
  loaded = _read(tmp_path)
  _assert_equal(loaded.tensors, tensors)


@pytest.mark.parametrize('old_format', [False, True], ids=['new', 'old'])
@pytest.mark.parametrize(
  ('weights', 'kind'), [('auto', 'ema'), ('ema', 'ema'), ('raw', 'raw')]
)
def test_of_a_training_checkpoint(tmp_path, weights, kind, old_format):
  wanted = tiny_network.wanted()
  filled = checkpoints.with_slots(tiny_network.tensors(), wanted.trainable)
  checkpoints.write(tmp_path / _FLAT, filled, old_format)
  loaded = _read(tmp_path, weights)
  # As `variables_to_restore`: no shadows of what does not train.
  shadowed = wanted.trainable if kind == 'ema' else frozenset()
  expected = {
    name: filled[f'{name}/{checkpoints.SHADOW}' if name in shadowed else name]
    for name in wanted.shapes
  }
  _assert_equal(loaded.tensors, expected)
  assert loaded.kind == kind


def test_shadows_of_moving_statistics_are_not_called_averages(tmp_path):
  tensors = tiny_network.tensors()
  moving = tensors.keys() - tiny_network.wanted().trainable
  shadows = {f'{name}/{checkpoints.SHADOW}': tensors[name] for name in moving}
  checkpoints.write(tmp_path / _FLAT, {**tensors, **shadows})
  loaded = _read(tmp_path)
  assert loaded.kind == 'raw'


def test_slots_that_are_not_read_may_be_of_any_kind(tmp_path):
  tensors = tiny_network.tensors()
  others = {
    'Tiny/Logits/mask': np.array([True]),
    'Tiny/Conv2d_0/weights/Momentum': np.full([2], np.nan, np.float64),
    'global_step': np.array(7, np.int64),
  }
  checkpoints.write(tmp_path / _FLAT, {**tensors, **others})
  loaded = _read(tmp_path)
  _assert_equal(loaded.tensors, tensors)


@pytest.mark.parametrize(
  'changes',
  [
    {'a': np.array([2.0, 1.0], np.float32)},
    {'a': np.array([[1.0, 2.0]], np.float32)},
    {'a': np.array([1.0, 2.0], np.float32).view(np.int32)},
    {'b': np.array([1.0, 2.0], np.float32)},
  ],
  ids=['value', 'shape', 'dtype', 'name'],
)
def test_the_hash_covers(changes):
  first = checkpoint.Checkpoint(
    'x', 'raw', {'a': np.array([1.0, 2.0], np.float32)}
  )
  assert dataclasses.replace(first, tensors=changes).sha256 != first.sha256


def test_the_hash_leaves_out_order_and_name():
  ones, zeros = np.ones([2], np.float32), np.zeros([2], np.float32)
  first = checkpoint.Checkpoint('x', 'raw', {'a': ones, 'b': zeros})
  second = checkpoint.Checkpoint('y', 'ema', {'b': zeros, 'a': ones})
  assert first.sha256 == second.sha256


def test_the_hash_is_of_values_wherever_they_lie_in_memory():
  matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
  first = checkpoint.Checkpoint('x', 'raw', {'a': matrix})
  second = dataclasses.replace(first, tensors={'a': np.asfortranarray(matrix)})
  assert first.sha256 == second.sha256


def test_synthetic():
  generated = checkpoint.make_synthetic(tiny_network.wanted())
  assert (generated.name, generated.kind) == ('synthetic', 'synthetic')
  _assert_equal(generated.tensors, tiny_network.tensors())


@pytest.mark.parametrize('name', oracles.AVERAGED)
def test_as_moving_averages_are_restored_by_tf_slim(tmp_path, name):
  oracle = oracles.get(name)
  model, source = oracle.model, oracle.source(is_training=False)
  raw = seeded.tensors(oracle.shapes)
  checkpoints.write(
    tmp_path / model.checkpoint,
    checkpoints.with_slots(raw, oracle.trainable),
  )
  wanted = checkpoint.Wanted(source.shapes, source.trainable)
  images = synthetic.synthetic_images(2, model.size, model.size)
  for weights, expected in (
    ('auto', oracle.averaged()),
    ('ema', oracle.averaged()),
    ('raw', oracle.arrays),
  ):
    loaded = checkpoint.read_published(tmp_path, model, wanted, weights)
    source.load(loaded.tensors)
    logits, features = source.run((source.logits, source.features), images)
    assert oracles.distance(logits, expected['logits']) < 1e-4
    assert oracles.distance(features, expected['features']) < 1e-4
