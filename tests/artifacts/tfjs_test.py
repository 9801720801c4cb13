"""What is written for TensorFlow.js: a model, its weights and its labels."""

import json
import pathlib

import numpy as np
import pytest

from exporter import errors
from exporter.artifacts import tfjs
from exporter.artifacts import tfjs_files
from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests import conversions_made

_TINY = conversions_made.TINY
_WORDS = ('tfjs.float32', 'tfjs.float16', 'tfjs.uint8')
_V1 = f'{artifacts.V1}/classification/5'


def _model(name: str, word: str = 'tfjs.float32') -> dict:
  return json.loads(
    (conversions_made.file(name, word) / 'model.json').read_text()
  )


def test_one_input_and_one_output_have_names_and_shapes():
  signature = _model(_TINY)['signature']
  shape = {'dim': [{'size': n} for n in ('-1', '32', '32', '3')]}
  assert signature['inputs'] == {
    'inputs': {'name': 'images:0', 'dtype': 'DT_FLOAT', 'tensorShape': shape}
  }
  shape = {'dim': [{'size': n} for n in ('-1', '5')]}
  assert signature['outputs'] == {
    'logits': {'name': 'logits:0', 'dtype': 'DT_FLOAT', 'tensorShape': shape}
  }


def test_it_says_what_images_it_takes_and_whose_it_is():
  metadata = _model(_V1)['userDefinedMetadata']
  assert metadata['input'] == {
    'color': 'RGB',
    'range': [0, 1],
    'height': 128,
    'width': 128,
  }
  assert metadata['handle'] == f'google/imagenet/{_V1}'
  assert metadata['license'] == 'Apache-2.0'
  folder = conversions_made.file(_V1, 'tfjs.float32')
  lines = (folder / metadata['labels']).read_text('utf-8').splitlines()
  assert len(lines) == metadata['output']['size'] == 1001


def test_its_topology_has_no_values():
  for node in _model(_TINY)['modelTopology']['node']:
    if node['op'] == 'Const':
      assert node['attr']['value']['tensor'].keys() <= {'dtype', 'tensorShape'}


def test_what_is_rounded_takes_less():
  sizes = [
    sum(
      path.stat().st_size
      for path in conversions_made.file(_V1, word).glob('*.bin')
    )
    for word in _WORDS
  ]
  assert sizes[0] / sizes[1] > 1.9
  assert sizes[0] / sizes[2] > 3.5


def test_a_feature_vector_answers_features():
  images = synthetic.synthetic_images(2, 32, 32)
  run = conversions_made.run(conversions_made.TINY_FEATURES, _WORDS[0])
  expected = conversions_made.expected(conversions_made.TINY_FEATURES, images)
  assert np.max(np.abs(run(images) - expected)) < 1e-5
  outputs = _model(conversions_made.TINY_FEATURES)['signature']['outputs']
  assert [*outputs] == ['feature_vector']


def test_a_broken_weight_is_seen_in_the_answers(tmp_path):
  folder = conversions_made.write(_TINY, _WORDS[0], tmp_path)
  images = synthetic.synthetic_images(2, 32, 32)
  conversion = conversions_made.conversion(_TINY, _WORDS[0])
  before = tfjs.load_tfjs(conversion, folder)(images)
  (shard,) = folder.glob('*.bin')
  data = np.frombuffer(shard.read_bytes(), '<f4').copy()
  data[-20:] += 1
  shard.write_bytes(data.tobytes())
  after = tfjs.load_tfjs(conversion, folder)(images)
  assert np.max(np.abs(before - after)) > 0.01


def test_what_cannot_be_run_is_a_proof_error(tmp_path):
  folder: pathlib.Path = conversions_made.write(_TINY, _WORDS[0], tmp_path)
  path = folder / tfjs_files.MODEL
  model = json.loads(path.read_text())
  model['modelTopology']['node'][-1]['input'] = ['nothing']
  path.write_text(json.dumps(model))
  conversion = conversions_made.conversion(_TINY, _WORDS[0])
  with pytest.raises(errors.ProofError):
    tfjs.load_tfjs(conversion, folder)(np.zeros([1, 32, 32, 3]))
