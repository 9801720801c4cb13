"""What LiteRT and ONNX files of others can do."""

import pathlib

import onnx
from onnx import helper
import pytest
import tensorflow as tf

from exporter import audit
from tests import conversions_made as conversions

_A = audit.Ability


@pytest.mark.parametrize(
  'word', ['litert.float32', 'litert.int8', 'onnx.model']
)
def test_exports_are_closed(word):
  audited = audit.audit(conversions.file(conversions.TINY, word))
  assert audited.is_closed
  assert {use.ability for use in audited.uses} == {_A.COMPUTES}


def test_an_operator_of_somebody_is_native_code(tmp_path):
  module = tf.Module()
  spec = tf.TensorSpec([None, 3], tf.float32)
  module.f = tf.function(tf.math.betainc, input_signature=[spec] * 3)
  converter = tf.lite.TFLiteConverter.from_concrete_functions(
    [module.f.get_concrete_function()], module
  )
  converter.allow_custom_ops = True
  path = tmp_path / 'model.tflite'
  path.write_bytes(converter.convert())
  audited = audit.audit(path)
  (use,) = audited.of(_A.NATIVE)
  assert use.operation == 'Betainc'
  assert not audited.is_closed


def _onnx(
  path: pathlib.Path, node: onnx.NodeProto, *weights: onnx.TensorProto
) -> pathlib.Path:
  value = helper.make_tensor_value_info('x', onnx.TensorProto.FLOAT, [1])
  graph = helper.make_graph([node], 'graph', [value], [value], [*weights])
  path.write_bytes(helper.make_model(graph).SerializeToString())
  return path


def test_onnx_files_of_others(tmp_path):
  path = tmp_path / 'model.onnx'
  relu = helper.make_node('Relu', ['x'], ['y'], name='relu')
  assert audit.audit(_onnx(path, relu)).is_closed
  own = helper.make_node('Relu', ['x'], ['y'], name='own', domain='com.example')
  (use,) = audit.audit(_onnx(path, own)).of(_A.NATIVE)
  assert (use.operation, use.node) == ('com.example.Relu', 'own')
  outside = onnx.TensorProto(
    name='w', dims=[1], data_type=1, data_location=onnx.TensorProto.EXTERNAL
  )
  outside.external_data.add(key='location', value='../../etc/passwd')
  (use,) = audit.audit(_onnx(path, relu, outside)).of(_A.READS)
  assert use.node == 'w'


def test_a_branch_of_an_onnx_file_is_read(tmp_path):
  inner = helper.make_node('Evil', [], ['z'], name='evil', domain='com.example')
  value = helper.make_tensor_value_info('z', onnx.TensorProto.FLOAT, [1])
  branch = helper.make_graph([inner], 'branch', [], [value])
  node = helper.make_node('If', ['x'], ['y'], then_branch=branch)
  audited = audit.audit(_onnx(tmp_path / 'model.onnx', node))
  assert [use.node for use in audited.of(_A.NATIVE)] == ['evil']
