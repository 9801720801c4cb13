"""What programs see of LiteRT files: names, signature, and the batch."""

import dataclasses

from ai_edge_litert import interpreter as litert
import numpy as np
import pytest
from tensorflow.lite.python import schema_py_generated as schema

from exporter import errors
from exporter import formats
from exporter.artifacts import litert_interface
from model_specs import kinds
from model_specs import versions
from tests import conversions_made
from tests import quantized_exports

_WORDS = [w for w in conversions_made.WORDS if w.startswith('litert')]
_TINY = conversions_made.TINY


def _files():
  yield (
    quantized_exports.artifact(
      quantized_exports.conversion(versions.CLASSIFICATION)
    ),
    'logits',
  )
  for word in _WORDS:
    yield conversions_made.file(_TINY, word), 'logits'
    features = conversions_made.file(conversions_made.TINY_FEATURES, word)
    yield features, 'feature_vector'


def _dynamic(tmp_path, word='litert.float32'):
  """A conversion, and its file with an open batch."""
  conversion = conversions_made.conversion(_TINY, word)
  original = dataclasses.replace(
    conversions_made.original(_TINY), batch=kinds.DYNAMIC
  )
  path = tmp_path / conversion.kind.file
  formats.of(conversion).write(conversion, original, path)
  return conversion, original, path


def test_tensors_are_called_as_in_the_signature():
  for path, output in _files():
    interpreter = litert.Interpreter(str(path))
    (images,) = interpreter.get_input_details()
    (answer,) = interpreter.get_output_details()
    assert (images['name'], answer['name']) == ('inputs', output)
    assert interpreter.get_signature_list() == {
      'serving_default': {'inputs': ['inputs'], 'outputs': [output]}
    }


def test_all_tensors_have_the_shape_that_the_runtime_computes():
  for path, _ in _files():
    model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
    (graph,) = model.subgraphs
    assert [t for t in graph.tensors if t.shapeSignature is not None] == []
    # Without delegates, which keep some tensors to themselves.
    interpreter = litert.Interpreter(
      str(path),
      experimental_op_resolver_type=(
        litert.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
      ),
    )
    interpreter.allocate_tensors()
    computed_shapes = {
      d['index']: d['shape'].tolist()
      for d in interpreter.get_tensor_details()
      if d['index'] < len(graph.tensors)
    }
    file_shapes = {
      number: [] if tensor.shape is None else np.ravel(tensor.shape).tolist()
      for number, tensor in enumerate(graph.tensors)
    }
    assert {n: file_shapes[n] for n in computed_shapes} == computed_shapes, path
    assert (
      file_shapes[graph.inputs[0]][0] == file_shapes[graph.outputs[0]][0] == 1
    )


@pytest.mark.parametrize('word', _WORDS)
def test_an_open_batch_stays_open_and_answers_the_same(tmp_path, word):
  conversion, original, path = _dynamic(tmp_path, word)
  (images,) = litert.Interpreter(str(path)).get_input_details()
  assert images['shape_signature'].tolist() == [-1, 32, 32, 3]
  formats.of(conversion).prove(conversion, path, original)
  pictures = np.linspace(0, 1, 3 * 32 * 32 * 3).astype(np.float32)
  batch = pictures.reshape(3, 32, 32, 3)
  np.testing.assert_array_equal(
    formats.load(conversion, path)(batch),
    conversions_made.run(_TINY, word)(batch),
  )


def test_a_batch_other_than_promised_is_no_proof(tmp_path):
  conversion, original, path = _dynamic(tmp_path)
  promised = dataclasses.replace(original, batch=kinds.ONE)
  with pytest.raises(errors.ProofError, match='as its batch is 1') as raised:
    formats.of(conversion).prove(conversion, path, promised)
  assert 'shape [-1, 32, 32, 3], expected [1, 32, 32, 3]' in str(raised.value)


def test_only_the_batch_may_be_open(tmp_path):
  conversion, _, path = _dynamic(tmp_path)
  model = schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)
  model.subgraphs[0].tensors[0].shapeSignature = np.array([-1, 3, -1, 3])
  with pytest.raises(errors.ProofError, match=r'axes \[2\] are of no fixed'):
    litert_interface.finish(conversion, model, kinds.ONE)
