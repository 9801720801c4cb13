"""Any file of a model is either audited or refused with a readable error."""

import pathlib

import hypothesis
from hypothesis import strategies
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from exporter import audit
from exporter import errors
from tests import fuzz

_OPS = strategies.one_of(
  strategies.sampled_from(
    ['Const', 'WriteFile', 'PyFunc', 'PartitionedCall', 'While', 'SaveV2']
  ),
  strategies.text(max_size=12),
)


def _graph() -> saved_model_pb2.SavedModel:
  """A program of a few nodes and a function."""
  saved = saved_model_pb2.SavedModel(saved_model_schema_version=1)
  meta = saved.meta_graphs.add()
  for name in ('a', 'b'):
    meta.graph_def.node.add(name=name, op='Const')
  function = meta.graph_def.library.function.add()
  function.signature.name = 'f'
  function.node_def.add(name='c', op='Identity')
  meta.signature_def['serving_default'].method_name = 'predict'
  return saved


_WHOLE = _graph().SerializeToString()


def _audit(path: pathlib.Path, data: bytes) -> audit.Audit | None:
  path.write_bytes(data)
  before = set(path.parent.iterdir())
  audited = None
  with fuzz.or_refused(errors.AuditError, str(path)):
    audited = audit.audit(path)
  assert set(path.parent.iterdir()) == before
  return audited


@pytest.mark.parametrize(
  'name', ['saved_model.pb', 'a.pb', 'a.tflite', 'a.onnx']
)
def test_bytes_are_audited_or_refused(tmp_path, name):
  @fuzz.examples(150)
  @hypothesis.given(
    strategies.one_of(fuzz.damaged(_WHOLE), strategies.binary(max_size=60))
  )
  def audited(data: bytes) -> None:
    _audit(tmp_path / name, data)

  audited()


@fuzz.examples(30)
@hypothesis.given(strategies.lists(strategies.tuples(_OPS, _OPS), max_size=5))
def test_each_operation_is_seen_wherever_it_is(tmp_path_factory, named):
  saved = _graph()
  (meta,) = saved.meta_graphs
  (function,) = meta.graph_def.library.function
  for number, (outer, inner) in enumerate(named):
    node = meta.graph_def.node.add(name=f'{number}', op=outer)
    node.attr['f'].func.name = inner
    function.node_def.add(name=f'{number}', op=inner)
  path = tmp_path_factory.getbasetemp() / 'saved_model.pb'
  audited = _audit(path, saved.SerializeToString())
  if audited:
    operations = {use.operation for use in audited.uses}
    assert {op for pair in named for op in pair} <= operations
    if any('WriteFile' in pair for pair in named):
      assert not audited.is_closed
