"""What is in place is hashed on all cores, also that of one model."""

import threading
import time

import pytest

from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import decision
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from tests import checkpoints_made as checkpoints
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))
_SECONDS = 60  # Somebody who is not met by then, never comes.


@pytest.fixture(name='order')
def _order(tmp_path, monkeypatch) -> orders_lib.Order:
  """Exports in place, made of a checkpoint."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  prefix = tmp_path / 'checkpoints/tiny_1.0_32/tiny_1.0_32.ckpt'
  checkpoints.write(prefix, tiny_network.tensors())
  order = orders_lib.Order(
    orders_lib.EXPORT,
    _HANDLES,
    tmp_path / 'out',
    checkpoint_dir=tmp_path / 'checkpoints',
  )
  with tiny_network.registered():
    statuses = {result.status for result in export.run(order)}
  assert statuses == {results_lib.EXPORTED}
  return order


def test_the_handles_of_one_model_are_looked_at_side_by_side(
  order, monkeypatch
):
  everybody = threading.Barrier(len(_HANDLES))
  decide = decision.decide

  def meet(*args):
    everybody.wait(_SECONDS)
    return decide(*args)

  monkeypatch.setattr(decision, 'decide', meet)
  results = list(settled.settle([order], len(_HANDLES)))
  assert [result.name for result in results] == [*map(str, _HANDLES)]
  assert {result.status for result in results} == {results_lib.KEPT}


def test_they_recall_their_weights_once(order, monkeypatch):
  recalled = []
  read = storage.read_memo

  def count(*args):
    recalled.append(args)
    time.sleep(0.5)  # The others come meanwhile.
    return read(*args)

  monkeypatch.setattr(storage, 'read_memo', count)
  results = list(settled.settle([order], len(_HANDLES)))
  assert {result.status for result in results} == {results_lib.KEPT}
  assert len(recalled) == 1
