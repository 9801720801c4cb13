"""What the guide to Keras 3 shows is what happens."""

import re
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_hub as hub

import slimhub_keras
from tests import artifacts_made as artifacts
from tests import code_blocks
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/using_with_keras3.md').read_text('utf-8')
_BLOCKS = code_blocks.find(_GUIDE, 'python')
_KERAS_2 = [block for block in _BLOCKS if 'TF_USE_LEGACY_KERAS' in block]
_KERAS_3 = [block for block in _BLOCKS if block not in _KERAS_2]
_NAME = f'{artifacts.V1}/feature_vector/5'
_ENDPOINT = re.compile(r'MobilenetV1/Conv2d_\d+_\w+')
_IMAGES = np.zeros([2, 128, 128, 3], np.float32)


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  """Where the reader stands: an export is where the guide says.

  It has the tiny network, as every line of the guide builds a model.
  """
  folder = tmp_path_factory.mktemp('guide')
  artifacts.stand_in(folder / 'exports', f'google/imagenet/{_NAME}')
  return folder


@pytest.mark.parametrize('blocks', [_KERAS_2, _KERAS_3])
def test_the_blocks_run_one_after_the_other(blocks, folder):
  assert len(_BLOCKS) == _GUIDE.count('```python')
  root = str(source_tree.ROOT)  # Where slimhub_keras.py is.
  code = _ENDPOINT.sub('Tiny/Conv2d_1_depthwise', '\n'.join(blocks))
  code_blocks.run(sys.executable, [code], folder, PYTHONPATH=root)


def test_the_endpoints_that_are_shown_are_there():
  shown = {*_ENDPOINT.findall('\n'.join(_KERAS_3))}
  assert len(shown) == 2
  assert shown <= {*artifacts.handle(_NAME).endpoints}


def test_each_layer_is_shown():
  (before,) = _KERAS_2
  assert 'hub.KerasLayer(' in before
  for name in ('SlimLayer(', 'keras.layers.TFSMLayer('):
    assert sum(name in block for block in _KERAS_3) > 2


def _path(name=_NAME):
  return str(artifacts.folder(name))


def _tfsm(path):
  return keras.layers.TFSMLayer(
    path, call_endpoint='serve', call_training_endpoint='train'
  )


def _fit(layer, optimizer):
  model = keras.Sequential([keras.Input([128, 128, 3]), layer])
  model.compile(optimizer, 'mse')
  model.fit(_IMAGES, np.zeros([2, 256]), verbose=0)


def _save_and_load(layer, folder, patch):
  model = keras.Sequential([keras.Input([128, 128, 3]), layer])
  model.save(folder / 'model.keras')
  patch.setattr(slimhub_keras.SlimLayer, 'places', {})  # As in a new process.
  keras.saving.load_model(folder / 'model.keras')


def _on_jax(patch):
  patch.setattr(keras.config, 'backend', lambda: 'jax')
  slimhub_keras.SlimLayer(_path())


_V2 = f'{artifacts.V2}/feature_vector/5'
_TF1 = f'{artifacts.TINY}/feature_vector/3'
# What each quoted error begins with -> what provokes it.
_MISTAKES = {
  'Only instances of': lambda *_: keras.Sequential([hub.KerasLayer(_path())]),
  'A KerasTensor is': lambda *_: hub.KerasLayer(_path())(
    keras.Input([128, 128, 3])
  ),
  "'MobilenetV1_Conv2d_0": lambda *_: _fit(_tfsm(_path()), 'adam'),
  'Requested the': lambda *given: _save_and_load(_tfsm(_path()), *given),
  'found in a saved': lambda *given: _save_and_load(
    slimhub_keras.SlimLayer(_path()), *given
  ),
  'found nothing': lambda *_: slimhub_keras.SlimLayer('missing'),
  'found a TF1': lambda *_: slimhub_keras.SlimLayer(_path(_TF1)),
  'requires a': lambda *_: _tfsm(_path(_TF1)),
  'expected shape': lambda *_: slimhub_keras.SlimLayer(_path(_V2))(
    keras.Input([128, 128, 3])
  ),
  'expected dtype': lambda *_: slimhub_keras.SlimLayer(_path())(
    tf.zeros([1, 128, 128, 3], tf.uint8)
  ),
  'Keras 3 only': lambda *_: keras.saving.load_model(_path()),
  'the backend': lambda _, patch: _on_jax(patch),
}
_QUOTED = re.findall(r'^> (.*)', _GUIDE, re.MULTILINE)


def test_each_error_is_provoked():
  starts = list(_MISTAKES)
  assert len(_QUOTED) == len(starts)
  for quoted, start in zip(_QUOTED, starts, strict=True):
    assert quoted.startswith(start)


@pytest.mark.parametrize('number', range(len(_MISTAKES)))
def test_the_errors_read_as_quoted(number, tmp_path, monkeypatch):
  mistake = list(_MISTAKES.values())[number]
  with pytest.raises(
    (RuntimeError, ValueError), match=re.escape(_QUOTED[number])
  ):
    mistake(tmp_path, monkeypatch)


def test_a_tfsm_layer_takes_plain_sgd_alone():
  _fit(_tfsm(_path()), keras.optimizers.SGD(0.01))
  with pytest.raises(ValueError, match='is not a valid scope name'):
    _fit(_tfsm(_path()), keras.optimizers.SGD(0.01, momentum=0.9))


@pytest.mark.parametrize(
  ('training_endpoint', 'moves'), [(None, False), ('train', True)]
)
def test_what_moves_in_a_frozen_tfsm_layer(training_endpoint, moves):
  layer = keras.layers.TFSMLayer(
    _path(),
    call_endpoint='serve',
    call_training_endpoint=training_endpoint,
    trainable=False,
  )
  before = [variable.numpy() for variable in layer.weights]
  model = keras.Sequential(
    [keras.Input([128, 128, 3]), layer, keras.layers.Dense(2)]
  )
  model.compile('adam', 'mse')
  model.fit(_IMAGES, np.zeros([2, 2]), verbose=0)
  pairs = zip(before, layer.weights, strict=True)
  assert any(np.any(old != new.numpy()) for old, new in pairs) == moves
