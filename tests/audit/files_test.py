"""What cannot be audited is said in one line."""

import pathlib

import flatbuffers
import pytest
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.lite.python import schema_py_generated as schema

from exporter import audit
from exporter import errors
from tests import artifacts_made as artifacts


def _litert() -> bytes:
  """A LiteRT file without a graph."""
  builder = flatbuffers.Builder()
  builder.Finish(schema.ModelT(version=3).Pack(builder), b'TFL3')
  return bytes(builder.Output())


def _program() -> bytes:
  """A SavedModel whose graph has no nodes."""
  model = saved_model_pb2.SavedModel(saved_model_schema_version=1)
  model.meta_graphs.add().meta_info_def.tags.append('serve')
  return bytes(model.SerializeToString())


_PROGRAM, _LITERT = _program(), _litert()
_TFJS = b'{"modelTopology": {"node": []}, "weightsManifest": []}'


@pytest.mark.parametrize(
  ('name', 'data', 'words'),
  [
    ('saved_model.pb', b'\xff' * 99, 'is damaged'),
    ('saved_model.pb', b'', 'saved_model.pb, of 0 bytes, has no nodes'),
    ('saved_model.pb', _PROGRAM[:2], 'of 2 bytes, has no nodes'),
    ('saved_model.pb', _PROGRAM, f'of {len(_PROGRAM)} bytes, has no nodes'),
    ('graph.pb', b'', 'graph.pb, of 0 bytes, has no nodes'),
    ('graph.pb', b'\xff' * 99, 'is damaged'),
    ('model.tflite', b'', 'model.tflite, of 0 bytes, is no LiteRT file'),
    ('model.tflite', _LITERT, f'of {len(_LITERT)} bytes, has no nodes'),
    ('model.tflite', b'\xff\xff\xff\xffTFL3' + b'\xff' * 99, 'is damaged'),
    ('model.onnx', b'', 'model.onnx, of 0 bytes, has no nodes'),
    ('model.onnx', b'\xff' * 99, 'is damaged'),
    ('model.json', b'', 'model.json is no graph model of TensorFlow.js'),
    ('model.json', _TFJS, f'of {len(_TFJS)} bytes, has no nodes'),
    ('model.keras', b'', 'expected the folder of a SavedModel'),
  ],
)
def test_garbage(tmp_path, name, data, words):
  path = tmp_path / name
  path.write_bytes(data)
  with pytest.raises(errors.AuditError, match=words) as caught:
    audit.audit(path)
  assert '\n' not in str(caught.value)
  assert str(path.parent) in str(caught.value)


def _refused(path: pathlib.Path) -> str:
  with pytest.raises(errors.AuditError) as caught:
    audit.audit(path)
  return str(caught.value)


@pytest.mark.parametrize(
  'name', ['nothing', 'model.onnx', 'saved_model.pb', 'model.json', 'a.pb/b']
)
def test_nothing_there(tmp_path, name):
  path = tmp_path / name
  says = f'{path} cannot be audited: there is no such file or folder'
  assert _refused(path) == says


def test_a_text_names_a_model_as_well(tmp_path):
  with pytest.raises(errors.AuditError, match='no such file or folder'):
    audit.audit(f'{tmp_path}/none.tflite')


def test_a_file_that_was_cut_is_refused(tmp_path):
  """Wherever it was: what its reader took would be said to be all of it."""
  program = artifacts.folder(f'{artifacts.TINY}/classification/5')
  data = (program / 'saved_model.pb').read_bytes()
  for size in (*range(200), *range(200, len(data), 501), len(data) - 1):
    (tmp_path / 'saved_model.pb').write_bytes(data[:size])
    assert 'saved_model.pb' in _refused(tmp_path)


def test_a_folder_of_models_is_told_from_a_model(tmp_path):
  assert 'without saved_model.pb or model.json; expected' in _refused(tmp_path)
  (tmp_path / 'README.md').write_text('Models')
  for name in ('b/5/model.onnx', 'a/3/variables/x', 'a/3/saved_model.pb'):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).touch()
  for folder, named in (('', 'a/3'), ('a', 'a/3'), ('b', 'b/5/model.onnx')):
    says = f'model.json; name a model, such as {tmp_path / named}'
    assert _refused(tmp_path / folder).endswith(says)
