"""What an artifact says of itself."""

import dataclasses
import json
import pathlib

import pytest

from exporter import networks
from exporter.artifacts import facts as facts_lib
from exporter.artifacts import graph
from exporter.storage import manifest
import model_specs
from model_specs import labels
from tests import some_spec_file
from tests import tiny_network

_WEIGHTS = manifest.Weights('a/b.ckpt', 'ab' * 32, 'ema')


def _write(name: str, folder: pathlib.Path) -> pathlib.Path:
  handle = model_specs.get(f'google/imagenet/{name}')
  inference, _ = networks.sources(handle.spec)
  facts_lib.write_facts(
    handle, graph.build_graph(inference, handle), _WEIGHTS, folder
  )
  return folder / 'assets.extra'


@pytest.fixture(scope='module', name='classifier')
def _classifier(tmp_path_factory) -> pathlib.Path:
  return _write(
    'mobilenet_v1_025_128/classification/5', tmp_path_factory.mktemp('c')
  )


def test_labels_have_a_line_for_every_logit(classifier):
  lines = (classifier / 'labels.txt').read_text().splitlines()
  assert tuple(lines) == labels.imagenet()


def test_labels_of_other_lines_than_classes_are_not_written(tmp_path):
  model = some_spec_file.model(labels=['a', 'b', 'c'])
  assert model.own
  own = dataclasses.replace(model.own, labels=('a\nb', 'c', 'd'))
  handle = dataclasses.replace(model, own=own).handles()[1]
  inference, _ = networks.sources(handle.spec)
  built = graph.build_graph(inference, handle)
  with pytest.raises(model_specs.SpecError, match='expected a text of one'):
    facts_lib.write_facts(handle, built, _WEIGHTS, tmp_path)
  assert not (tmp_path / 'assets.extra' / 'labels.txt').exists()


def test_a_feature_vector_has_no_labels(tmp_path):
  extra = _write('mobilenet_v1_025_128/feature_vector/3', tmp_path)
  assert [path.name for path in extra.iterdir()] == ['model.json']
  facts = json.loads((extra / 'model.json').read_text())
  assert facts['classes'] is None
  assert facts['output'] == {'kind': 'feature vector', 'size': 256}


def test_the_facts_are_those_of_the_handle(classifier):
  facts = json.loads((classifier / 'model.json').read_text())
  handle = 'google/imagenet/mobilenet_v1_025_128/classification/5'
  assert facts['handle'] == handle
  assert facts['license'] == 'Apache-2.0'
  assert facts['batch_norm_momentum'] == 0.99
  assert facts['weights']['kind'] == 'ema'
  assert facts['weights']['sha256'] == _WEIGHTS.sha256
  assert facts['input'] == {
    'color': 'RGB',
    'range': [0, 1],
    'height': 128,
    'width': 128,
    'variable_size': True,
  }
  assert facts['output'] == {'kind': 'logits', 'size': 1001}
  assert facts['classes'] == {
    'count': 1001,
    'labels': 'labels.txt',
    'background': 0,
  }


@pytest.mark.parametrize(('number', 'momentum'), [(1, 0.997), (3, 0.99)])
def test_the_momentum_is_that_of_the_version(tmp_path, number, momentum):
  extra = _write(f'mobilenet_v1_025_128/feature_vector/{number}', tmp_path)
  facts = json.loads((extra / 'model.json').read_text())
  assert facts['batch_norm_momentum'] == momentum


def test_classes_without_a_background_begin_at_once(tmp_path):
  extra = _write('resnet_v1_50/classification/5', tmp_path)
  classes = json.loads((extra / 'model.json').read_text())['classes']
  assert (classes['count'], classes['background']) == (1000, None)


def test_the_endpoints_have_their_shapes(classifier):
  endpoints = json.loads((classifier / 'model.json').read_text())['endpoints']
  handle = model_specs.find('mobilenet_v1_025_128/classification/5')[0]
  assert set(endpoints) == set(handle.endpoints)
  assert endpoints['MobilenetV1/global_pool'] == [None, 1, 1, 256]
  assert endpoints['MobilenetV1/Conv2d_0'] == [None, None, None, 8]


def test_classes_that_are_not_imagenet_have_no_labels(tmp_path):
  handle = tiny_network.MODEL.handles((5,))[0]
  inference, _ = tiny_network.sources()
  facts_lib.write_facts(
    handle, graph.build_graph(inference, handle), _WEIGHTS, tmp_path
  )
  assert not (tmp_path / 'assets.extra' / 'labels.txt').exists()
