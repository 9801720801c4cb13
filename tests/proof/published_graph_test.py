"""The published frozen graph answers, if it is of the same weights."""

import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
from exporter.proof import published_graph
from tests import frozen_graphs
from tests import tiny_network

_v1 = tf.compat.v1
_LAYER = 'Tiny/Logits/Conv2d_1c_1x1'


@pytest.fixture(scope='module')
def images():
  return synthetic.synthetic_images(2, 32, 32)


@pytest.fixture(scope='module')
def tensors():
  return tiny_network.tensors()


@pytest.fixture(scope='module')
def graph(tensors):
  return frozen_graphs.make(tensors)


def _ask(graph: bytes, tensors, images) -> published_graph.Answer:
  return published_graph.ask(graph, tiny_network.FAMILY, tensors, images)


@pytest.mark.parametrize('batch', [None, 1])
def test_it_answers_as_the_network(tensors, images, batch):
  answer = _ask(frozen_graphs.make(tensors, batch), tensors, images)
  source, _ = tiny_network.sources()
  source.load(tensors)
  logits, features = source.run([source.logits, source.features], images)
  assert not answer.problem
  assert answer.logits is not None
  assert answer.features is not None
  np.testing.assert_allclose(answer.logits, logits, rtol=1e-5, atol=1e-6)
  np.testing.assert_allclose(answer.features, features, rtol=1e-5, atol=1e-6)


def test_other_weights_are_counted(graph, tensors, images):
  others = {**tensors, f'{_LAYER}/biases': tensors[f'{_LAYER}/biases'] + 1}
  answer = _ask(graph, others, images)
  assert answer.logits is None
  assert answer.problem == (
    f'1 of its {len(tensors)} weights are not those of the checkpoint that '
    'were asked for'
  )


def _changed(graph: bytes, change) -> bytes:
  parsed = _v1.GraphDef.FromString(graph)
  change(parsed)
  return parsed.SerializeToString()


def _reads_a_file(graph) -> None:
  """Lets the features come through an operation that reads a file."""
  node = next(node for node in graph.node if node.name == f'{_LAYER}/Conv2D')
  read = graph.node.add(op='ReadFile', name='evil')
  read.input.append(node.input[0])
  node.input[0] = 'evil'


def _waits_for_a_file(graph) -> None:
  node = next(node for node in graph.node if node.name == f'{_LAYER}/BiasAdd')
  graph.node.add(op='ReadFile', name='evil')
  node.input.append('^evil')


@pytest.mark.parametrize('change', [_reads_a_file, _waits_for_a_file])
def test_what_does_more_than_compute_is_not_run(graph, tensors, images, change):
  answer = _ask(_changed(graph, change), tensors, images)
  assert answer.problem == "it has the operations ['ReadFile']"


def _without_a_layer(graph) -> None:
  for node in graph.node:
    node.name = node.name.replace('BiasAdd', 'Folded')


def _with_another_input(graph) -> None:
  node = next(node for node in graph.node if node.name == 'input')
  node.op = 'Const'


def _of_another_size(graph) -> None:
  node = next(node for node in graph.node if node.name == 'input')
  node.attr['shape'].shape.dim[1].size = 8


@pytest.mark.parametrize(
  ('change', 'problem'),
  [
    (_without_a_layer, f'it has no {_LAYER}/BiasAdd'),
    (_with_another_input, 'it has 0 inputs'),
    (_of_another_size, 'it does not run: Cannot feed value of shape'),
  ],
)
def test_another_form_is_a_problem(graph, tensors, images, change, problem):
  answer = _ask(_changed(graph, change), tensors, images)
  assert answer.problem.startswith(problem)
  assert answer.logits is None


@pytest.mark.parametrize('data', [b'', b'\xff' * 50, b'<html>'])
def test_damage_is_a_problem(tensors, images, data):
  assert _ask(data, tensors, images).problem.startswith('it ')


def test_half_a_graph_is_a_problem(graph, tensors, images):
  assert _ask(graph[: len(graph) // 2], tensors, images).problem
