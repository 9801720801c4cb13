"""What SavedModels and frozen graphs of others can do."""

from collections.abc import Callable
import pathlib
import shutil

import keras
import pytest
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from exporter import audit
from tests import artifacts_made as artifacts

_A = audit.Ability
_Function = Callable[[tf.Tensor], tf.Tensor]


def _write(x: tf.Tensor) -> tf.Tensor:
  tf.io.write_file('/tmp/harm', 'x')
  return x


def _read(x: tf.Tensor) -> tf.Tensor:
  return x + tf.strings.to_number(tf.io.read_file('/etc/hostname'))


def _python(x: tf.Tensor) -> tf.Tensor:
  return tf.numpy_function(lambda y: y, [x], tf.float32)


def _print(x: tf.Tensor) -> tf.Tensor:
  tf.print(x)
  return x


def _branch(x: tf.Tensor) -> tf.Tensor:
  return tf.cond(tf.reduce_sum(x) > 0, lambda: _write(x), lambda: x)


def _save(folder: pathlib.Path, function: _Function) -> pathlib.Path:
  module = tf.Module()
  spec = tf.TensorSpec([None, 3], tf.float32)
  module.f = tf.function(function, input_signature=[spec])
  module.v = tf.Variable([1.0])
  tf.saved_model.save(module, str(folder), {'serving_default': module.f})
  return folder


def _abilities(path: pathlib.Path) -> set[audit.Ability]:
  return {use.ability for use in audit.audit(path).uses} - audit.ALLOWED


@pytest.mark.parametrize(
  ('function', 'ability'),
  [
    (_write, _A.WRITES),
    (_read, _A.READS),
    (_python, _A.PYTHON),
    (_print, _A.PRINTS),
    (_branch, _A.WRITES),
  ],
)
def test_what_a_function_does_is_found(tmp_path, function, ability):
  audited = audit.audit(_save(tmp_path / 'model', function))
  assert {use.ability for use in audited.uses} - audit.ALLOWED == {ability}
  assert not audited.is_closed
  (use,) = audited.of(ability)
  assert use.where.startswith('function ')


def test_what_others_save_without_effects_is_closed(tmp_path):
  assert audit.audit(_save(tmp_path / 'plain', lambda x: x * 2)).is_closed
  model = keras.Sequential(
    [keras.layers.Input((4, 4, 3)), keras.layers.Conv2D(2, 3)]
  )
  model.export(tmp_path / 'keras', verbose=False)
  assert audit.audit(tmp_path / 'keras').is_closed


@pytest.mark.parametrize('number', [1, 3, 4, 5])
def test_exports_are_closed(number):
  folder = artifacts.folder(f'{artifacts.TINY}/classification/{number}')
  audited = audit.audit(folder)
  assert audited.is_closed
  assert audit.audit(folder / 'saved_model.pb').uses == audited.uses


def test_saving_that_a_signature_leads_to_is_writing(tmp_path):
  folder = tmp_path / 'model'
  shutil.copytree(_save(tmp_path / 'plain', lambda x: x * 2), folder)
  path = folder / 'saved_model.pb'
  model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
  (meta,) = model.meta_graphs
  assert _abilities(folder) == set()
  signature = meta.signature_def['serving_default']
  (output,) = signature.outputs.values()
  output.name = meta.saver_def.save_tensor_name
  path.write_bytes(model.SerializeToString())
  assert _A.WRITES in _abilities(folder)


def test_what_lies_beside_a_program_is_a_problem(tmp_path):
  folder = _save(tmp_path / 'model', lambda x: x * 2)
  (folder / 'assets' / 'list.txt').symlink_to('/etc/passwd')
  (folder / 'saved_model.pbtxt').write_text('')
  audited = audit.audit(folder)
  assert len(audited.problems) == 2
  assert any('is a link' in problem for problem in audited.problems)
  assert any('two programs' in problem for problem in audited.problems)
  assert not audited.is_closed


def test_an_asset_outside_is_a_problem(tmp_path):
  folder = _save(tmp_path / 'model', lambda x: x * 2)
  path = folder / 'saved_model.pb'
  model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
  model.meta_graphs[0].asset_file_def.add(filename='../../secret')
  path.write_bytes(model.SerializeToString())
  (problem,) = audit.audit(folder).problems
  assert '../../secret' in problem


def test_a_keras_lambda_is_python(tmp_path):
  folder = _save(tmp_path / 'model', lambda x: x * 2)
  layer = '{"class_name": "Lambda", "config": {}}'
  (folder / 'keras_metadata.pb').write_text(layer)
  assert _abilities(folder) == {_A.PYTHON}


def test_frozen_graphs(tmp_path):
  graph = tf.Graph()
  with graph.as_default():
    x = tf.compat.v1.placeholder(tf.float32, [2])
    tf.nn.relu(x)
  path = tmp_path / 'frozen.pb'
  path.write_bytes(graph.as_graph_def().SerializeToString())
  assert audit.audit(path).is_closed
  with graph.as_default():
    tf.io.write_file('a', 'b')
  path.write_bytes(graph.as_graph_def().SerializeToString())
  assert _abilities(path) == {_A.WRITES}
