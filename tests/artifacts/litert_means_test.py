"""Rounded kernels leave the means of layers where they were."""

import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from exporter.artifacts import frozen
from exporter.artifacts import litert_means
from exporter.checkpoints import synthetic
from model_specs import formats
from tests import artifacts_made as artifacts
from tests import conversions_made as conversions

_NAMES = (conversions.TINY, conversions.V1, conversions.V2_FEATURES)


def _network(name):
  handle = artifacts.handle(name)
  source, _ = artifacts.sources(handle.spec)
  conversion = conversions.conversion(name, 'litert.int8')
  return frozen.freeze(source, conversion, artifacts.tensors(name))


def _pictures(network):
  return synthetic.synthetic_pictures(8, network.shape[0])


def _rounded(network):
  """The network with the kernels that LiteRT's converter would give it."""
  definition = tf.compat.v1.GraphDef()
  definition.CopyFrom(network.definition)
  nodes = {node.name: node for node in definition.node}
  layers = list(litert_means._layers(definition))
  for layer in layers:
    axes = (0, 1) if layer.node.op.startswith('Depthwise') else (0, 1, 2)
    scale = np.abs(layer.kernel).max(axes, keepdims=True) / 127
    value = (np.round(layer.kernel / scale) * scale).astype(np.float32)
    constant = nodes[layer.node.input[1]].attr['value'].tensor
    constant.CopyFrom(tf.make_tensor_proto(value))
  assert layers
  return dataclasses.replace(network, definition=definition)


def _run(network, pictures, tensors):
  """What comes out of some nodes, on pictures."""
  with tf.Graph().as_default() as live:
    tf.import_graph_def(network.definition, name='')
  with tf.compat.v1.Session(graph=live) as session:
    images = pictures.astype(np.float32) / 255
    return session.run(
      [f'{name}:0' for name in tensors], {f'{formats.INPUT}:0': images}
    )


@pytest.mark.parametrize('name', _NAMES)
def test_the_means_of_the_first_layers_stay(name):
  network = _network(name)
  pictures = _pictures(network)
  first = next(litert_means._layers(network.definition)).follower.name
  kept_network = _rounded(litert_means.keep_means(network, pictures))
  (expected,), (kept_values,), (plain,) = (
    _run(each, pictures, [first])
    for each in (network, kept_network, _rounded(network))
  )
  means = expected.mean((0, 1, 2))
  assert np.abs(plain.mean((0, 1, 2)) - means).max() > 1e-4
  np.testing.assert_allclose(kept_values.mean((0, 1, 2)), means, atol=1e-5)


@pytest.mark.parametrize('name', _NAMES)
def test_pictures_that_were_not_measured_are_answered_better(name):
  network = _network(name)
  kept_network = litert_means.keep_means(network, _pictures(network))
  others = synthetic.synthetic_pictures(24, network.shape[0])[8:]
  expected, kept_answers, plain = (
    _run(each, others, [network.output])[0]
    for each in (network, _rounded(kept_network), _rounded(network))
  )
  better, worse = (
    np.sqrt(np.mean(np.square(each - expected)))
    for each in (kept_answers, plain)
  )
  # A trained network loses half of its error; these weights are random.
  assert better < 0.97 * worse


def test_kernels_and_the_given_network_are_not_changed():
  network = _network(conversions.TINY)
  before = network.definition.SerializeToString(deterministic=True)
  kept_network = litert_means.keep_means(network, _pictures(network))
  assert network.definition.SerializeToString(deterministic=True) == before
  old = {node.name: node for node in network.definition.node}
  new = {node.name: node for node in kept_network.definition.node}
  added = new.keys() - old.keys()
  assert added
  assert all(name.endswith('/kept_mean') for name in added)
  for name, node in old.items():
    if node.op == 'Const':
      assert new[name] == node


def test_a_network_without_kernels_is_left_alone():
  definition = tf.compat.v1.GraphDef()
  node = definition.node.add(name=formats.INPUT, op='Placeholder')
  node.attr['dtype'].type = tf.float32.as_datatype_enum
  network = frozen.Frozen(definition, (8, 8, 3), formats.INPUT)
  pictures = synthetic.synthetic_pictures(1, 8)
  assert litert_means.keep_means(network, pictures) is network
