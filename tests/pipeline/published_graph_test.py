"""The frozen graph beside a checkpoint is a witness of the export."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

from exporter import results as results_lib
from exporter.checkpoints import weights as weights_lib
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import manifest
from exporter.storage import places
from tests import checkpoints_made as checkpoints
from tests import frozen_graphs
from tests import some_manifest
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))
_CHECK = 'published graph'


def _export(
  folder: pathlib.Path,
  graph: bytes | None,
  weights: weights_lib.WeightsChoice = 'auto',
) -> list[results_lib.Result]:
  """Exports the tiny network; beside its checkpoint lies a frozen graph."""
  prefix = folder / 'checkpoints' / 'tiny_1.0_32.ckpt'
  tensors = tiny_network.tensors()
  trainable = tiny_network.wanted().trainable
  checkpoints.write(prefix, checkpoints.with_slots(tensors, trainable))
  if graph is not None:
    prefix.with_name('tiny_1.0_32_frozen.pb').write_bytes(graph)
  order = orders.Order(
    orders.EXPORT,
    _HANDLES,
    folder / 'exports',
    checkpoint_dir=prefix.parent,
    weights=weights,
  )
  with tiny_network.registered():
    return list(export.run(order))


def _checks(folder: pathlib.Path) -> list[list[manifest.Check]]:
  """The checks against the frozen graph, a list for each handle."""
  delivered = [places.place(folder / 'exports', handle) for handle in _HANDLES]
  proofs = [some_manifest.read(place.manifest).proof for place in delivered]
  return [[c for c in proof if c.name == _CHECK] for proof in proofs]


def _averages() -> dict[str, np.ndarray]:
  """The weights that are exported from the checkpoint by default."""
  tensors = tiny_network.tensors()
  trainable = tiny_network.wanted().trainable
  filled = checkpoints.with_slots(tensors, trainable)
  return {
    name: filled[f'{name}/{checkpoints.SHADOW}'] if name in trainable else value
    for name, value in tensors.items()
  }


def test_it_is_compared_and_the_card_says_so(tmp_path):
  results = _export(tmp_path, frozen_graphs.make(_averages()))
  assert [(r.status, r.reason) for r in results] == [
    (results_lib.EXPORTED, '')
  ] * 4
  for (check,) in _checks(tmp_path):
    assert check.compared > 0
    assert check.difference <= check.tolerance
  for handle in _HANDLES:
    card = places.place(tmp_path / 'exports', handle).card.read_text()
    assert f'| {_CHECK} |' in card
    assert '*Published graph* compares' in card


def test_without_one_nothing_is_claimed(tmp_path):
  results = _export(tmp_path, None)
  assert [(r.status, r.reason) for r in results] == [
    (results_lib.EXPORTED, '')
  ] * 4
  assert _checks(tmp_path) == [[]] * 4


@pytest.mark.parametrize('weights', ['auto', 'raw'])
def test_other_weights_are_no_witness_and_the_line_says_so(tmp_path, weights):
  held = tiny_network.tensors() if weights == 'auto' else _averages()
  for result in _export(tmp_path, frozen_graphs.make(held), weights):
    assert result.status == results_lib.EXPORTED
    assert result.reason.startswith('not compared with the published frozen')
    assert 'weights are not those of the checkpoint' in result.reason
  assert _checks(tmp_path) == [[]] * 4


def _computes_otherwise(graph: bytes) -> bytes:
  """A graph of the same weights, whose batch norm has another epsilon."""
  parsed = tf.compat.v1.GraphDef.FromString(graph)
  for node in parsed.node:
    if node.op.startswith('FusedBatchNorm'):
      node.attr['epsilon'].f = 0.1
  return parsed.SerializeToString()


def test_one_that_says_something_else_is_a_failed_proof(tmp_path):
  graph = _computes_otherwise(frozen_graphs.make(_averages()))
  for result in _export(tmp_path, graph):
    assert result.status == results_lib.FAILED
    assert f'\n  {_CHECK}: ' in result.reason
  assert not list((tmp_path / 'exports').glob('google/**/*.json'))
