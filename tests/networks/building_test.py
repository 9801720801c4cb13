"""What TF-Slim is asked to build, and what is left of it in TensorFlow."""

import warnings

import pytest
import tensorflow as tf
from tensorflow.python.keras.utils import version_utils

from exporter import networks
from exporter.networks import building
from tests import tiny_network

_ARCHITECTURE = networks.Architecture('tiny', 1.0, 5)


@pytest.fixture(autouse=True)
def _registered():
  with tiny_network.registered():
    yield


@pytest.mark.parametrize('is_training', [False, True])
def test_the_same_graph_each_time(is_training):
  first, second = (
    building.build(_ARCHITECTURE, is_training).content() for _ in range(2)
  )
  assert first == second


def test_built_without_a_warning():
  with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter('always')
    building.build(_ARCHITECTURE, is_training=True)
  assert not caught


def test_tensors_compare_as_before():
  tensor = tf.constant([1, 2])
  building.build(_ARCHITECTURE, is_training=False)
  assert (tensor == tf.constant([1, 3])).numpy().tolist() == [True, False]
  tf.compat.v1.disable_tensor_equality()
  try:
    building.build(_ARCHITECTURE, is_training=False)
    assert (tensor == tf.constant([1, 2])) is False
  finally:
    tf.compat.v1.enable_tensor_equality()


def test_a_class_of_layers_is_chosen_once(monkeypatch):
  chosen = []
  choose = version_utils.swap_class

  def counted(layer, *others):
    chosen.append(layer)
    return choose(layer, *others)

  monkeypatch.setattr(version_utils, 'swap_class', counted)
  building.build(_ARCHITECTURE, is_training=False)
  assert chosen
  assert len(chosen) == len({*chosen})
  assert version_utils.swap_class is counted


def test_the_default_graph_stays_empty():
  with tf.Graph().as_default() as default:
    building.build(_ARCHITECTURE, is_training=False)
  assert not default.get_operations()


def test_architecture_decides_the_widths():
  wide = networks.Source(
    building.build(networks.Architecture('tiny', 2.0, 7), is_training=False)
  )
  assert wide.features.shape.as_list() == [None, 16]
  assert wide.logits.shape.as_list() == [None, 7]
