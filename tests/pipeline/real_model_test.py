"""A published model, exported, sees the panda that the original saw.

The checkpoint, its frozen graph and the photograph are not in this
repository; without them there is nothing to test.
"""

import os
import pathlib

import numpy as np
from PIL import Image
import pytest
import tensorflow as tf

from exporter import formats
from exporter import results as results_lib
from exporter.checkpoints import inspection
from exporter.checkpoints import specimens
from exporter.measure import evaluation
from exporter.measure import labelled
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import places
import model_specs
from model_specs import labels
from tests import some_manifest

_SHARED = pathlib.Path(
  os.environ.get(
    'SLIMHUB_SHARED',
    pathlib.Path(__file__).resolve().parents[3] / 'shared',
  )
)
_REAL = _SHARED / 'real'
_MODEL = model_specs.get_model('mobilenet_v1_025_128')
_HANDLES = model_specs.find(f'{_MODEL.name}/classification')
# Class -> probability; the giant panda first.
_EXPECTED = {
  389: 0.76267,
  806: 0.06194,
  362: 0.01545,
  246: 0.01432,
  181: 0.01359,
}

pytestmark = pytest.mark.skipif(
  not _REAL.is_dir(),
  reason=f'{_REAL} is missing; SLIMHUB_SHARED names the folder above real/',
)


@pytest.fixture(scope='module')
def photograph():
  with Image.open(_REAL / 'panda.jpg') as image:
    # The filter that _EXPECTED belongs to: bilinear gives the panda 0.827.
    small = image.convert('RGB').resize((128, 128), Image.Resampling.BICUBIC)
  return np.asarray(small, np.float32)[np.newaxis] / 255


@pytest.fixture(scope='module')
def exported(tmp_path_factory):
  """The folder with the exports, and what came of each handle."""
  folder = tmp_path_factory.mktemp('exports')
  order = orders.Order(orders.EXPORT, _HANDLES, folder, checkpoint_dir=_REAL)
  return folder, list(export.run(order))


@pytest.fixture(scope='module')
def frozen(photograph):
  """Probabilities by the frozen graph as published."""
  definition = tf.compat.v1.GraphDef.FromString(
    (
      _REAL / 'mobilenet_v1_0.25_128/mobilenet_v1_0_25_128_frozen.pb'
    ).read_bytes()
  )
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(definition, name='')
  with tf.compat.v1.Session(graph=graph) as session:
    return session.run(
      'MobilenetV1/Predictions/Reshape_1:0',
      {'input:0': photograph * 2 - 1},
    )


def _logits(folder, number, photograph):
  path = folder / f'google/imagenet/{_MODEL.name}/classification/{number}'
  inputs = tf.constant(photograph)
  if number == 3:
    model = tf.saved_model.load(str(path), tags=[])
    return model.signatures['default'](inputs)['default']
  model = tf.saved_model.load(str(path))
  return model.signatures['serving_default'](inputs=inputs)['logits']


def test_exports_with_its_proof(exported):
  _, results = exported
  assert [(r.name, r.status, r.reason) for r in results] == [
    (str(handle), results_lib.EXPORTED, '') for handle in _HANDLES
  ]


def test_the_proof_asked_the_frozen_graph(exported):
  for handle in _HANDLES:
    manifest = some_manifest.read(places.place(exported[0], handle).manifest)
    (check,) = [c for c in manifest.proof if c.name == 'published graph']
    assert check.compared
    assert check.difference <= 1e-5


@pytest.mark.parametrize('number', [3, 5])
def test_sees_the_panda(exported, photograph, number):
  logits = _logits(exported[0], number, photograph)
  probabilities = tf.nn.softmax(logits).numpy()[0]
  best = np.argsort(-probabilities)[:5]
  assert best.tolist() == list(_EXPECTED)
  np.testing.assert_allclose(
    probabilities[best], list(_EXPECTED.values()), atol=1e-4
  )
  assert float(np.max(logits)) == pytest.approx(12.46671, abs=1e-4)
  assert labels.imagenet()[best[0]] == 'giant panda'


@pytest.mark.parametrize('number', [3, 5])
def test_answers_as_the_frozen_graph(exported, photograph, frozen, number):
  probabilities = tf.nn.softmax(
    _logits(exported[0], number, photograph)
  ).numpy()
  np.testing.assert_allclose(probabilities, frozen, atol=1e-5)


def test_an_inspection_knows_it_without_its_name():
  with specimens.find_specimens(_REAL / 'mobilenet_v1_0.25_128') as (specimen,):
    facts = inspection.inspect(specimen)
  assert facts.network
  assert _MODEL.name in facts.network.models
  assert (facts.network.num_classes, facts.size) == (1001, 128)
  assert facts.problems == ()


def test_an_evaluation_finds_the_panda_right(exported):
  pictures = [labelled.Labelled(_REAL / 'panda.jpg', 'giant panda')]
  accuracies = evaluation.evaluate(
    _HANDLES, exported[0], pictures, abs, formats.load
  )
  assert [accuracy.top1_percent for accuracy in accuracies] == [100.0, 100.0]
