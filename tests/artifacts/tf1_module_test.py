"""What hub.Module and its users rely on, read with TensorFlow alone."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from exporter.artifacts import attachments
from exporter.checkpoints import synthetic
from model_specs import versions
from tests import artifacts_made as artifacts

V1, V2 = artifacts.V1, artifacts.V2
_ALL = artifacts.handles(V1, V2, version_format=versions.TF1)
every_module = pytest.mark.parametrize('name', _ALL)

_FIXED = ('default', 'image_feature_vector')
_CLASSIFIES = ('image_classification',)
_SIGNATURES = {
  ('feature_vector', 1): {*_FIXED},
  ('feature_vector', 2): {*_FIXED},
  ('feature_vector', 3): {*_FIXED, 'image_feature_vector_with_bn_hparams'},
  ('classification', 1): {*_FIXED, *_CLASSIFIES},
  ('classification', 2): {*_FIXED, *_CLASSIFIES},
  ('classification', 3): {
    *_FIXED,
    *_CLASSIFIES,
    'image_feature_vector_with_bn_hparams',
    'image_classification_with_bn_hparams',
  },
}
_KINDS = {
  'hub_module_attachments': 'bytes_list',
  'model_variables': 'bytes_list',
  'regularization_losses': 'node_list',
  'trainable_variables': 'bytes_list',
  'update_ops': 'node_list',
  'variables': 'bytes_list',
}


def _metas(name):
  return artifacts.read(artifacts.folder(name)).meta_graphs


def _shape(info):
  return [dim.size for dim in info.tensor_shape.dim]


def _v2_endpoints():
  names = {'global_pool', 'layer_19', *(f'layer_{i}' for i in range(1, 19))}
  names |= {f'layer_{i}/output' for i in range(2, 19)}
  names |= {f'layer_{i}/depthwise_output' for i in range(2, 19)}
  names |= {f'layer_{i}/expansion_output' for i in range(3, 19)}
  return {f'MobilenetV2/{name}' for name in names}


@every_module
def test_files(name):
  folder = artifacts.folder(name)
  files = {str(p.relative_to(folder)) for p in folder.rglob('*')}
  assert files == {
    'assets',
    'saved_model.pb',
    'tfhub_module.pb',
    'variables',
    'variables/variables.data-00000-of-00001',
    'variables/variables.index',
  }
  assert (folder / 'tfhub_module.pb').read_bytes() == b'\x08\x03'


@every_module
def test_two_graphs_and_none_to_serve(name):
  assert [list(m.meta_info_def.tags) for m in _metas(name)] == [[], ['train']]


@every_module
def test_signatures_are_those_of_the_version(name):
  _, task, number = name.split('/')
  for meta in _metas(name):
    assert set(meta.signature_def) == _SIGNATURES[task, int(number)]


@every_module
def test_only_the_hyperparameters_signatures_take_a_momentum(name):
  for meta in _metas(name):
    for key, signature in meta.signature_def.items():
      inputs = {n: (i.name, i.dtype) for n, i in signature.inputs.items()}
      expected = {'images': ('hub_input/images:0', tf.float32)}
      if key.endswith('_with_bn_hparams'):
        momentum = 'hub_input/batch_norm_momentum:0'
        expected['batch_norm_momentum'] = (momentum, tf.float32)
        assert _shape(signature.inputs['batch_norm_momentum']) == []
      assert inputs == expected


@pytest.mark.parametrize(
  ('name', 'shape'),
  [
    (f'{V1}/feature_vector/1', [-1, 128, 128, 3]),
    (f'{V1}/classification/3', [-1, -1, -1, 3]),
    (f'{V2}/classification/1', [-1, 96, 96, 3]),
    (f'{V2}/feature_vector/2', [-1, 96, 96, 3]),
    (f'{V2}/feature_vector/3', [-1, 96, 96, 3]),
  ],
)
def test_shape_of_the_images(name, shape):
  for meta in _metas(name):
    for signature in meta.signature_def.values():
      assert _shape(signature.inputs['images']) == shape
    (node,) = (n for n in meta.graph_def.node if n.name == 'hub_input/images')
    assert node.op == 'Placeholder'
    assert [dim.size for dim in node.attr['shape'].shape.dim] == shape


@every_module
def test_default_answers_default_alone(name):
  for meta in _metas(name):
    assert set(meta.signature_def['default'].outputs) == {'default'}


@pytest.mark.parametrize('number', [1, 2, 3])
def test_v2_features_come_with_71_outputs(number):
  for meta in _metas(f'{V2}/feature_vector/{number}'):
    outputs = meta.signature_def['image_feature_vector'].outputs
    assert set(outputs) == {'default', *_v2_endpoints()}
    assert len(outputs) == 71


def test_v1_names_its_pooled_endpoint_like_the_others():
  meta, _ = _metas(f'{V1}/classification/3')
  layers = {
    f'Conv2d_{i}_{kind}'
    for i in range(1, 14)
    for kind in ('depthwise', 'pointwise')
  }
  names = {'Conv2d_0', 'Logits', 'global_pool', *layers}
  outputs = meta.signature_def['image_classification'].outputs
  assert set(outputs) == {'default', *(f'MobilenetV1/{n}' for n in names)}


@pytest.mark.parametrize(
  ('model', 'scope', 'features'),
  [(V1, 'MobilenetV1', 256), (V2, 'MobilenetV2', 1280)],
)
def test_a_classifier_offers_logits_and_features(model, scope, features):
  for meta in _metas(f'{model}/classification/3'):
    for key, signature in meta.signature_def.items():
      default = signature.outputs['default']
      is_features = key.startswith('image_feature_vector')
      assert _shape(default) == [-1, features if is_features else 1001]
      assert (f'{scope}/Logits' in signature.outputs) == (key != 'default')


@every_module
def test_features_are_the_tensor_that_public_code_names(name):
  for meta in _metas(name):
    output = meta.signature_def['image_feature_vector'].outputs['default']
    assert output.name == 'hub_output/feature_vector/SpatialSqueeze:0'


@pytest.mark.parametrize(
  ('name', 'variables', 'trainable', 'losses', 'updates'),
  [
    (f'{V2}/feature_vector/3', 260, 156, 35, 104),
    (f'{V2}/feature_vector/1', 260, 156, 35, 104),
    (f'{V2}/classification/3', 262, 158, 36, 104),
    (f'{V1}/feature_vector/1', 135, 81, 14, 54),
    (f'{V1}/classification/3', 137, 83, 15, 54),
  ],
)
def test_collections(name, variables, trainable, losses, updates):
  counts = {
    'hub_module_attachments': 1,
    'model_variables': variables,
    'regularization_losses': losses,
    'trainable_variables': trainable,
    'variables': variables,
  }
  for meta in _metas(name):
    if list(meta.meta_info_def.tags) == ['train']:
      counts['update_ops'] = updates
    lengths = {
      key: len(getattr(collection, _KINDS[key]).value)
      for key, collection in meta.collection_def.items()
    }
    assert lengths == counts


@every_module
def test_no_collection_that_hub_rejects(name):
  for meta in _metas(name):
    assert set(meta.collection_def) <= set(_KINDS)
    assert not meta.HasField('saver_def')


def test_both_graphs_say_which_size_is_the_default():
  for meta in _metas(f'{V1}/feature_vector/3'):
    (attachment,) = meta.collection_def[
      'hub_module_attachments'
    ].bytes_list.value
    assert attachment == attachments.image_size(128, 128)


@every_module
def test_attributes_at_their_default_are_left_out(name):
  for meta in _metas(name):
    assert meta.meta_info_def.stripped_default_attrs
    for node in meta.graph_def.node:
      for attribute in op_def_registry.get(node.op).attr:
        if attribute.HasField('default_value') and attribute.name in node.attr:
          assert node.attr[attribute.name] != attribute.default_value


@every_module
def test_checkpoint_keys_are_the_names_of_tf_slim(name):
  prefix = str(artifacts.folder(name) / 'variables' / 'variables')
  shapes = {key: tuple(s) for key, s in tf.train.list_variables(prefix)}
  inference, _ = artifacts.sources(artifacts.handle(name).spec)
  is_features = '/feature_vector/' in name
  assert shapes == {
    key: shape
    for key, shape in inference.shapes.items()
    if not (is_features and '/Logits/' in key)
  }


def test_variables_are_resources():
  module = artifacts.Module(artifacts.folder(f'{V2}/feature_vector/3'))
  names = [v.name for v in module.collection('variables')]
  assert names[0] == 'MobilenetV2/Conv/weights:0'
  for variable in module.collection('variables'):
    assert variable.trainable == ('/moving_' not in variable.name)
  for meta in _metas(f'{V2}/feature_vector/3'):
    ops = {node.op for node in meta.graph_def.node if 'Var' in node.op}
    updates = {'AssignSubVariableOp'} if meta.meta_info_def.tags else set()
    assert ops == {'VarHandleOp', 'ReadVariableOp', *updates}


def test_images_are_scaled_inside():
  module = artifacts.Module(artifacts.folder(f'{V1}/feature_vector/3'))
  images = synthetic.synthetic_images(1, 32, 32)
  doubled, scaled = module.session.run(
    ['hub_input/Mul:0', 'hub_input/Sub:0'], {'hub_input/images:0': images}
  )
  np.testing.assert_array_equal(doubled, 2 * images)
  np.testing.assert_array_equal(scaled, 2 * images - 1)


@every_module
def test_answers_are_finite_floats(name):
  size = artifacts.handle(name).spec.size
  module = artifacts.Module(artifacts.folder(name))
  for value in module.call(
    'image_feature_vector', images=synthetic.synthetic_images(2, size, size)
  ).values():
    assert value.dtype == np.float32
    assert len(value) == 2
    assert np.isfinite(value).all()
    assert value.std() > 0


@pytest.mark.parametrize('size', [(128, 128), (96, 160), (224, 224)])
def test_v1_takes_other_sizes_from_version_3_on(size):
  module = artifacts.Module(artifacts.folder(f'{V1}/classification/3'))
  answer = module.call('default', images=synthetic.synthetic_images(1, *size))
  assert answer['default'].shape == (1, 1001)


@pytest.mark.parametrize(
  'name', [f'{V1}/classification/1', f'{V2}/classification/3']
)
def test_others_refuse_another_size(name):
  module = artifacts.Module(artifacts.folder(name))
  with pytest.raises(ValueError, match='Cannot feed value of shape'):
    module.call('default', images=synthetic.synthetic_images(1, 64, 64))


def test_size_of_the_program():
  # The published module's has 1,815,999 bytes.
  name = 'mobilenet_v2_035_128/feature_vector/3'
  program = artifacts.folder(name) / 'saved_model.pb'
  assert program.stat().st_size <= 0.6 * 1_815_999
