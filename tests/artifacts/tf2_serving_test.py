"""What TensorFlow Serving and the loaders of TF1 do with a TF2 SavedModel."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.artifacts import graph
from exporter.artifacts import tf2_objects
from exporter.artifacts import tf2_serving
from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests import corruptions as broken

V1, V2, TINY = artifacts.V1, artifacts.V2, artifacts.TINY
_v1 = tf.compat.v1


def _meta(name):
  (meta,) = artifacts.read(artifacts.folder(name)).meta_graphs
  return meta


@pytest.mark.parametrize(
  ('number', 'keys'), [(4, []), (5, ['serving_default'])]
)
def test_signatures(number, keys):
  meta = _meta(f'{V1}/classification/{number}')
  assert list(meta.meta_info_def.tags) == ['serve']
  assert meta.meta_info_def.stripped_default_attrs
  assert set(meta.signature_def) == {*keys, '__saved_model_init_op'}


@pytest.mark.parametrize(
  ('name', 'side', 'output', 'width'),
  [
    (f'{V1}/classification/5', -1, 'logits', 1001),
    (f'{V1}/feature_vector/5', -1, 'feature_vector', 256),
    (f'{V2}/classification/5', 96, 'logits', 1001),
    (f'{V2}/feature_vector/5', 96, 'feature_vector', 1280),
  ],
)
def test_what_the_signature_says(name, side, output, width):
  signature = _meta(name).signature_def['serving_default']
  specs = {
    key: (info.dtype, [dim.size for dim in info.tensor_shape.dim])
    for infos in (signature.inputs, signature.outputs)
    for key, info in infos.items()
  }
  assert specs == {
    'inputs': (tf.float32, [-1, side, side, 3]),
    output: (tf.float32, [-1, width]),
  }
  assert signature.method_name == 'tensorflow/serving/predict'


@pytest.mark.parametrize(
  'name', [f'{V1}/classification/5', f'{V2}/feature_vector/5']
)
def test_served_answers_are_those_of_the_model(name):
  folder = artifacts.folder(name)
  size = artifacts.handle(name).spec.size
  images = synthetic.synthetic_images(2, size, size)
  served = artifacts.Module(folder, 'serve')
  (answers,) = served.call('serving_default', inputs=images).values()
  model = tf.saved_model.load(str(folder))
  expected = model.serve(tf.constant(images))
  np.testing.assert_allclose(answers, expected, rtol=1e-4, atol=1e-4)


def test_a_fixed_size_is_held_to():
  served = artifacts.Module(artifacts.folder(f'{V2}/feature_vector/5'), 'serve')
  with pytest.raises(ValueError, match='Cannot feed value of shape'):
    served.call('serving_default', inputs=synthetic.synthetic_images(1, 64, 64))


def test_the_saver_saves_what_it_restored(tmp_path):
  name = f'{TINY}/classification/5'
  served = artifacts.Module(artifacts.folder(name), 'serve')
  saver = served.meta.saver_def
  prefix = str(tmp_path / 'saved')
  feeds = {saver.filename_tensor_name: prefix}
  assert served.session.run(saver.save_tensor_name, feeds) == prefix.encode()
  reader = tf.train.load_checkpoint(prefix)
  expected = {
    tf2_objects.checkpoint_key(key): value
    for key, value in artifacts.tensors(name).items()
  }
  assert set(reader.get_variable_to_shape_map()) == set(expected)
  for key, value in expected.items():
    np.testing.assert_array_equal(reader.get_tensor(key), value)


def test_the_saver_restores_another_file(tmp_path):
  name = f'{TINY}/classification/5'
  served = artifacts.Module(artifacts.folder(name), 'serve')
  images = synthetic.synthetic_images(1, 32, 32)
  (before,) = served.call('serving_default', inputs=images).values()
  keys = [tf2_objects.checkpoint_key(k) for k in artifacts.tensors(name)]
  values = [tf.zeros_like(v) for v in artifacts.tensors(name).values()]
  prefix = str(tmp_path / 'zeros')
  tf.raw_ops.SaveV2(
    prefix=prefix,
    tensor_names=keys,
    shape_and_slices=[''] * len(keys),
    tensors=values,
  )
  saver = served.meta.saver_def
  feeds = {saver.filename_tensor_name: prefix}
  served.session.run(saver.restore_op_name, feeds)
  (after,) = served.call('serving_default', inputs=images).values()
  assert np.abs(before).max() > 0
  np.testing.assert_array_equal(after, np.zeros_like(after))


def test_the_tflite_converter_finds_the_variables():
  name = f'{artifacts.TINY}/classification/5'
  converter = tf.lite.TFLiteConverter.from_saved_model(
    str(artifacts.folder(name))
  )
  interpreter = tf.lite.Interpreter(model_content=converter.convert())
  answer = interpreter.get_signature_runner('serving_default')
  images = artifacts.reference(artifacts.TINY).default_size.images[:1]
  expected = tf.saved_model.load(str(artifacts.folder(name)))(images)
  np.testing.assert_allclose(answer(inputs=images)['logits'], expected, 1e-4)


@pytest.mark.parametrize(
  ('name', 'other'),
  [
    (f'{TINY}/feature_vector/5', f'{TINY}/classification/5'),
    (f'{V1}/classification/5', f'{TINY}/feature_vector/5'),
  ],
)
def test_two_models_fit_into_one_graph(name, other, tmp_path):
  changed = artifacts.copy(other, tmp_path)
  broken.weights(broken.swap)(changed)
  folders = {'one': artifacts.folder(name), 'two': changed}
  images = synthetic.synthetic_images(2, 64, 64)
  expected = {
    scope: artifacts.Module(folder, 'serve').call(
      'serving_default', inputs=images
    )
    for scope, folder in folders.items()
  }
  with tf.Graph().as_default(), _v1.Session() as session:
    metas = {
      scope: _v1.saved_model.loader.load(
        session, ['serve'], str(folder), import_scope=scope
      )
      for scope, folder in folders.items()
    }
    for scope, meta in metas.items():
      signature = meta.signature_def['serving_default']
      feeds = {f'{scope}/{signature.inputs["inputs"].name}': images}
      ((key, output),) = signature.outputs.items()
      answers = session.run(f'{scope}/{output.name}', feeds)
      np.testing.assert_allclose(answers, expected[scope][key], rtol=1e-5)


def test_a_signature_is_added_to_any_meta_graph():
  variable = graph.Variable('a/weights', (3,), True)
  versions = _v1.GraphDef(versions={'producer': 42})
  meta = tf2_serving.build({'b/a/weights': variable}, versions)
  assert meta.graph_def.versions.producer == 42
  ops = {node.name: node.op for node in meta.graph_def.node}
  assert ops['b/a/weights'] == 'VarHandleOp'
  (handle,) = (n for n in meta.graph_def.node if n.op == 'VarHandleOp')
  assert handle.attr['shared_name'].s == b'b/a/weights'
  assert not {'StatefulPartitionedCall', 'Placeholder'} & {
    node.op for node in meta.graph_def.node if node.name != 'saver_filename'
  }
