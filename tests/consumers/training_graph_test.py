"""Trainings by the original TF-Slim compute what the networks here do."""

import pathlib
import subprocess

import pytest

from exporter import networks
from exporter.checkpoints import training_graph
import model_specs
from tests import source_tree
from tests.consumers import environments

_NETWORKS = (
  *('alexnet_v2', 'inception_v1', 'resnet_v1_50', 'resnet_v2_50', 'vgg_a'),
)


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('trainings')
  python = environments.interpreter(environments.TF1)
  subprocess.run(
    [python, '-m', 'tests.consumers.clients.slim_training', folder],
    cwd=source_tree.ROOT,
    env=environments.variables(),
    check=True,
  )
  return folder


def _differences(folder: pathlib.Path, network: str, training: str):
  """What one training does otherwise, of all variables of the network."""
  architecture = networks.architecture(model_specs.NETWORKS[network])
  source = networks.build(architecture, is_training=False)
  built = training_graph.traits(source.graph.as_graph_def())
  trained = training_graph.traits(
    training_graph.read(folder / f'{network}.{training}.meta')
  )
  assert trained.keys() >= built.keys()
  return training_graph.differences(trained, built, {n: n for n in built})


@pytest.mark.parametrize('network', _NETWORKS)
def test_the_original_network_does_nothing_otherwise(network, folder):
  assert _differences(folder, network, 'plain') == ()
  assert _differences(folder, network, 'asked') == ()


def test_another_epsilon_is_seen(folder):
  (phrase,) = _differences(folder, 'resnet_v1_50', 'epsilon')
  assert phrase.startswith(
    "batch norm's epsilon is 0.01 at resnet_v1_50/conv1/"
  )
  assert phrase.endswith('and 52 more, expected 1e-05')


def test_another_activation_is_seen(folder):
  (phrase,) = _differences(folder, 'vgg_a', 'activation')
  assert phrase.startswith('activation is Elu at vgg_a/conv1/conv1_1/biases')
  assert phrase.endswith('and 9 more, expected Relu')


def test_another_stride_is_seen(folder):
  phrases = _differences(folder, 'resnet_v1_50', 'stride')
  (phrase,) = (p for p in phrases if p.startswith('stride'))
  assert phrase.startswith('stride is 1 at resnet_v1_50/block')
  assert phrase.endswith('expected 2')
