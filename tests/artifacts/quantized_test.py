"""Modules of networks that round give answers, and nothing to train."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exporter.checkpoints import synthetic
from model_specs import versions
from tests import quantized_exports

_IMAGES = synthetic.synthetic_images(
  2, quantized_exports.SIZE, quantized_exports.SIZE
)
_v1 = tf.compat.v1
_OP = 'FakeQuantWithMinMaxVars'


def _meta(number):
  handle = quantized_exports.handle(versions.CLASSIFICATION, number)
  path = quantized_exports.artifact(handle) / 'saved_model.pb'
  return saved_model_pb2.SavedModel.FromString(path.read_bytes()).meta_graphs


@pytest.fixture(scope='module', name='loaded')
def _loaded():
  handle = quantized_exports.handle(versions.CLASSIFICATION, 5)
  return tf.saved_model.load(str(quantized_exports.artifact(handle)))


def _expected():
  source = quantized_exports.source()
  source.load(quantized_exports.tensors())
  return source.run(source.logits, _IMAGES)


def test_a_tf1_module_has_one_graph_without_tags():
  (meta,) = _meta(3)
  assert not meta.meta_info_def.tags
  assert sorted(meta.signature_def) == [
    'default',
    'image_classification',
    'image_feature_vector',
  ]
  assert (
    set(meta.collection_def)
    == {
      'attachments_for_modules',
      'model_variables',
      'variables',
    }
    or 'trainable_variables' not in meta.collection_def
  )


def test_a_tf1_module_answers_as_its_network():
  handle = quantized_exports.handle(versions.CLASSIFICATION, 3)
  (meta,) = _meta(3)
  with tf.Graph().as_default(), _v1.Session() as session:
    saver = _v1.train.import_meta_graph(meta)
    assert not _v1.trainable_variables()
    assert not _v1.losses.get_regularization_losses()
    prefix = quantized_exports.artifact(handle) / 'variables/variables'
    saver.restore(session, str(prefix))
    output = meta.signature_def['default'].outputs['default'].name
    images = meta.signature_def['default'].inputs['images'].name
    answers = session.run(output, {images: _IMAGES})
  np.testing.assert_allclose(answers, _expected(), atol=1e-4)


def test_a_saved_model_answers_as_its_network(loaded):
  for answer in (
    loaded(_IMAGES),
    loaded(_IMAGES, return_endpoints=True)['default'],
    loaded.serve(_IMAGES),
    loaded.signatures['serving_default'](inputs=tf.constant(_IMAGES))['logits'],
  ):
    np.testing.assert_allclose(answer, _expected(), atol=1e-4)


def test_a_saved_model_has_nothing_to_train(loaded):
  assert len(loaded.variables) == 249
  assert not list(loaded.trainable_variables)
  assert not list(loaded.regularization_losses)
  assert not hasattr(loaded, 'train')
  with pytest.raises((TypeError, ValueError)):
    loaded(_IMAGES, training=True)


@pytest.mark.parametrize('number', [3, 5])
def test_every_op_that_rounds_is_in_the_module(number):
  (meta,) = _meta(number)
  nodes = [*meta.graph_def.node]
  for function in meta.graph_def.library.function:
    nodes += function.node_def
  rounding = {n.name: n for n in nodes if n.op == _OP}
  assert len(rounding) == 56
  narrow = {n for n, node in rounding.items() if node.attr['narrow_range'].b}
  assert narrow == {n for n in rounding if 'weights_quant' in n}
  assert len(narrow) == 28


def test_the_card_says_that_it_cannot_be_fine_tuned():
  for number in (3, 5):
    handle = quantized_exports.handle(versions.CLASSIFICATION, number)
    card = quantized_exports.artifact(handle).with_name(f'{number}.md')
    text = card.read_text('utf-8')
    assert '<!-- fine-tunable: false -->' in text
    assert '\n## Quantization\n' in text
    assert 'training=True' not in text
    assert "tags={'train'}" not in text
    assert 'GradientTape' not in text
