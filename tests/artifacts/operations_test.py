"""Operations that no export has are found in the files, and never run."""

import pathlib

from ai_edge_litert import interpreter as litert
import onnx
import pytest
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

from exporter import errors
from exporter.artifacts import litert as litert_lib
from exporter.artifacts import loading
from exporter.artifacts import onnx as onnx_lib
from exporter.artifacts import operations
from exporter.proof import proving
from tests import artifacts_made as artifacts
from tests import conversions_made
from tests import hostile
from tests.checkpoints import tables_made

_TF1 = f'{artifacts.TINY}/classification/3'
_TF2 = f'{artifacts.TINY}/classification/5'
_LOADERS = {
  _TF1: (loading.load_tf1, proving.read_tf1),
  _TF2: (loading.load_tf2, proving.read_tf2),
}


def _graph(number: int):
  """The nodes of a graph."""
  return lambda model: model.meta_graphs[number].graph_def.node


def _function(model: saved_model_pb2.SavedModel):
  """The nodes of the first function, which is added if there is none."""
  library = model.meta_graphs[0].graph_def.library
  if not library.function:
    library.function.add().signature.name = 'spare'
  return library.function[0].node_def


@pytest.mark.parametrize('loader', [0, 1])
@pytest.mark.parametrize(
  ('name', 'nodes', 'where'),
  [
    (_TF1, _graph(0), 'the graph tagged []'),
    (_TF1, _graph(1), "the graph tagged ['train']"),
    (_TF1, _function, "function 'spare'"),
    (_TF2, _graph(0), "the graph tagged ['serve']"),
    (_TF2, _function, "function '__inference_inference_body_"),
  ],
)
def test_what_writes_a_file_is_not_loaded(name, nodes, where, loader, tmp_path):
  folder = artifacts.copy(name, tmp_path)
  target = tmp_path / 'target'
  with artifacts.edit(folder) as model:
    end = hostile.IN_A_FUNCTION if nodes is _function else hostile.IN_A_GRAPH
    hostile.write_a_file(nodes(model), target, end)
  with pytest.raises(errors.ProofError) as caught:
    _LOADERS[name][loader](artifacts.handle(name), folder)
  message = str(caught.value)
  assert f'{name}: saved_model.pb has ' in message
  assert where in message
  assert "node 'evil' is 'WriteFile'" in message
  assert not target.exists()


@pytest.mark.parametrize('name', [_TF1, _TF2])
def test_a_shape_that_ends_tensorflow_is_not_loaded(name, tmp_path):
  folder = artifacts.copy(name, tmp_path)
  variables = folder / 'variables' / 'variables'
  tables_made.write_index(variables, {'a': tables_made.entry([-1])})
  for loader in _LOADERS[name]:
    with pytest.raises(errors.ProofError, match=r'variables\.index is damaged'):
      loader(artifacts.handle(name), folder)


def _check(name: str, folder: pathlib.Path) -> str:
  with pytest.raises(errors.ProofError) as caught:
    operations.check_model(artifacts.handle(name), folder)
  return str(caught.value)


@pytest.mark.parametrize('op', ['SaveV2', 'RestoreV2'])
def test_functions_and_modules_neither_save_nor_restore(op, tmp_path):
  for number, (name, nodes) in enumerate(
    ((_TF1, _graph(0)), (_TF1, _graph(1)), (_TF2, _function))
  ):
    folder = artifacts.copy(name, tmp_path / str(number))
    with artifacts.edit(folder) as model:
      nodes(model).add(name='evil', op=op)
    assert f"node 'evil' is '{op}'" in _check(name, folder)


def _save_with_a_call(meta) -> None:
  (call,) = (n for n in meta.graph_def.node if n.name == 'serving_default')
  call.input.append('^save')


def _save_at_start(meta) -> None:
  (start,) = (n for n in meta.graph_def.node if n.name == 'NoOp')
  start.input.append('^saved_filename')


def _save_to_restore(meta) -> None:
  meta.saver_def.restore_op_name = 'save'


def _save_for_a_collection(meta) -> None:
  meta.collection_def['saved_model_main_op'].node_list.value.append('save')


@pytest.mark.parametrize(
  'change',
  [_save_with_a_call, _save_at_start, _save_to_restore, _save_for_a_collection],
)
def test_only_the_saver_saves(change, tmp_path):
  folder = artifacts.copy(_TF2, tmp_path)
  with artifacts.edit(folder) as model:
    change(model.meta_graphs[0])
  assert "node 'save' is 'SaveV2'" in _check(_TF2, folder)


def test_training_is_not_in_the_graph_for_inference(tmp_path):
  folder = artifacts.copy(_TF1, tmp_path)
  with artifacts.edit(folder) as model:
    _graph(0)(model).add(name='moves', op='AssignSubVariableOp')
  assert "tagged []: node 'moves' is 'AssignSub" in _check(_TF1, folder)


def test_a_message_is_short_and_of_one_line_for_each(tmp_path):
  folder = artifacts.copy(_TF1, tmp_path)
  with artifacts.edit(folder) as model:
    for _ in range(500):
      _graph(0)(model).add(name='a\nb\x1b[2J', op='Evil')
  _, *lines = _check(_TF1, folder).splitlines()
  assert len(lines) == 11
  assert lines[-1] == '  and 490 more'
  assert r"node 'a\nb\x1b[2J' is 'Evil'" in lines[0]


def _custom(model: schema.ModelT) -> None:
  model.operatorCodes[0].builtinCode = schema.BuiltinOperator.CUSTOM
  model.operatorCodes[0].deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
  model.operatorCodes[0].customCode = b'FlexWriteFile'


def _other(model: schema.ModelT) -> None:
  model.operatorCodes[0].builtinCode = schema.BuiltinOperator.VAR_HANDLE


@pytest.mark.parametrize(
  ('change', 'says'),
  [(_custom, 'CUSTOM FlexWriteFile'), (_other, 'VAR_HANDLE')],
)
def test_a_litert_file_has_known_operators(change, says, tmp_path, monkeypatch):
  word = 'litert.float32'
  source = conversions_made.file(conversions_made.TINY, word)
  model = flatbuffer_utils.read_model(str(source))
  change(model)
  path = tmp_path / 'model.tflite'
  flatbuffer_utils.write_model(model, str(path))
  monkeypatch.delattr(litert, 'Interpreter')  # It must not be asked.
  conversion = conversions_made.conversion(conversions_made.TINY, word)
  with pytest.raises(errors.ProofError, match=says):
    litert_lib.load_litert(conversion, path)


def _foreign(model: onnx.ModelProto) -> None:
  model.graph.node[0].domain = 'com.example'


def _branch(model: onnx.ModelProto) -> None:
  inner = onnx.helper.make_graph(
    [onnx.helper.make_node('Loop', [], ['y'], 'inner')], 'g', [], []
  )
  model.graph.node[0].attribute.append(
    onnx.helper.make_attribute('then', inner)
  )


def _outside(model: onnx.ModelProto) -> None:
  weight = model.graph.initializer[0]
  weight.data_location = onnx.TensorProto.EXTERNAL
  weight.external_data.add(key='location', value='../../../../etc/passwd')


def _called(model: onnx.ModelProto) -> None:
  model.functions.add(name='f', domain='d')


@pytest.mark.parametrize(
  ('change', 'says'),
  [
    (_foreign, r"is 'com\.example\."),
    (_branch, "node 'inner' is 'Loop'"),
    (_outside, "is 'weights in another file'"),
    (_called, "node 'f' is 'a function'"),
  ],
)
def test_an_onnx_file_has_known_operations(change, says, tmp_path, monkeypatch):
  word = 'onnx.model'
  model = onnx.load(
    str(conversions_made.file(conversions_made.TINY, word)),
  )
  change(model)
  monkeypatch.delattr(onnx.checker, 'check_model')  # It must not be asked.
  path = tmp_path / 'model.onnx'
  path.write_bytes(model.SerializeToString())
  conversion = conversions_made.conversion(conversions_made.TINY, word)
  with pytest.raises(errors.ProofError, match=says):
    onnx_lib.load_onnx(conversion, path)
