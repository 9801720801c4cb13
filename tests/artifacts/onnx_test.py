"""ONNX files run by onnxruntime alone, in the form that was asked for."""

from collections import Counter
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
import pytest

from exporter import errors
from exporter.artifacts import onnx as onnx_lib
from exporter.checkpoints import synthetic
from model_specs import labels
from tests import conversions_made

_WORDS = [w for w in conversions_made.WORDS if w.startswith('onnx')]
_NAMES = [conversions_made.V1, conversions_made.V2_FEATURES]


def _read(name: str, word: str) -> onnx.ModelProto:
  return onnx.load(str(conversions_made.file(name, word)))


@pytest.mark.parametrize(
  ('word', 'shape', 'transposes'),
  [
    ('onnx.model', ['batch', 96, 96, 3], 1),
    ('onnx.model_nchw', ['batch', 3, 96, 96], 0),
  ],
)
def test_the_ends_and_what_is_between(word, shape, transposes):
  path = conversions_made.file(conversions_made.V2_FEATURES, word)
  session = onnxruntime.InferenceSession(str(path))
  (images,), (features,) = session.get_inputs(), session.get_outputs()
  assert (images.name, images.shape) == ('inputs', shape)
  assert (features.name, features.shape) == ('feature_vector', ['batch', 1280])
  model = onnx.load(str(path))
  onnx.checker.check_model(model, full_check=True)
  kinds = Counter(node.op_type for node in model.graph.node)
  assert kinds['Transpose'] == transposes
  assert not kinds['BatchNormalization']
  assert kinds['Conv'] == 52
  assert onnx_lib.OPSET in {o.version for o in model.opset_import}


@pytest.mark.parametrize('word', _WORDS)
@pytest.mark.parametrize('name', _NAMES)
def test_answers_batches_of_any_size(name, word):
  run = conversions_made.run(name, word)
  size = conversions_made.conversion(name, word).spec.size
  images = synthetic.synthetic_images(3, size, size)
  expected = conversions_made.expected(name, images)
  for count in (3, 1):
    answers = run(images[:count])
    difference = np.max(np.abs(answers - expected[:count]))
    assert difference < 1e-4 * np.std(expected)


@pytest.mark.parametrize('word', _WORDS)
def test_it_says_what_a_program_must_know(word):
  model = _read(conversions_made.V1, word)
  facts = {entry.key: entry.value for entry in model.metadata_props}
  assert tuple(json.loads(facts['labels'])) == labels.imagenet()
  assert facts['Image.BitmapPixelFormat'] == 'Rgb8'
  assert facts['Image.NominalPixelRange'] == 'Normalized_0_1'
  assert facts['license'] == 'Apache-2.0'
  assert facts['layout'] == ('nchw' if word.endswith('nchw') else 'nhwc')


@pytest.mark.parametrize('word', _WORDS)
@pytest.mark.parametrize('name', _NAMES)
def test_the_same_bytes_whatever_was_converted_before(name, word, tmp_path):
  second_file = conversions_made.write(name, word, tmp_path)
  expected = conversions_made.file(name, word).read_bytes()
  assert second_file.read_bytes() == expected


def test_names_are_those_of_the_network():
  model = _read(conversions_made.V1, 'onnx.model')
  names = [node.name for node in model.graph.node]
  assert 'MobilenetV1/Conv2d_0/Conv2D' in names
  assert not [name for name in names if '__' in name]


def _insert(model: onnx.ModelProto, kind: str, after: int, **more) -> None:
  """Puts a node behind another; a batch norm takes its bias."""
  maker = model.graph.node[after]
  inputs = [maker.output[0]]
  if kind == 'BatchNormalization':
    inputs += [maker.input[2]] * 4
  name = f'more_{len(model.graph.node)}'
  node = onnx.helper.make_node(kind, inputs, [name], name, **more)
  model.graph.node.insert(after + 1, node)


def _break(model: onnx.ModelProto, how: str) -> None:
  if how == 'opset':
    model.opset_import[0].version = 19
  elif how == 'axis':
    model.graph.input[0].type.tensor_type.shape.dim[0].dim_param = 'N'
  elif how == 'batch norm':
    kinds = [node.op_type for node in model.graph.node]
    _insert(model, 'BatchNormalization', kinds.index('Conv'))
  else:
    for _ in range(2):
      _insert(model, 'Transpose', 0, perm=[0, 1, 2, 3])


@pytest.mark.parametrize(
  ('how', 'says'),
  [
    ('opset', '{19} is its opset, expected {18}'),
    ('axis', 'N is the name of its first axis, expected batch'),
    ('batch norm', '1 batch norms are not folded, expected 0'),
    ('transposes', '2 Transposes too many, expected 0'),
  ],
)
def test_a_file_that_breaks_a_promise_is_refused(how, says, tmp_path):
  model = _read(conversions_made.V1, 'onnx.model')
  _break(model, how)
  path = pathlib.Path(tmp_path / 'model.onnx')
  onnx.save(model, str(path))
  conversion = conversions_made.conversion(conversions_made.V1, 'onnx.model')
  with pytest.raises(errors.ProofError) as error:
    onnx_lib.load_onnx(conversion, path)
  assert says in str(error.value)
