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


@pytest.mark.parametrize('most', [0, 1])
def test_where_threads_are_short_fewer_look(order, monkeypatch, most):
  started: list[threading.Thread] = []
  start = threading.Thread.start

  def start_few(thread):
    if len(started) == most:
      raise RuntimeError("can't start new thread")
    started.append(thread)
    start(thread)

  monkeypatch.setattr(threading.Thread, 'start', start_few)
  results = list(settled.settle([order], len(_HANDLES)))
  assert [result.name for result in results] == [*map(str, _HANDLES)]
  assert {result.status for result in results} == {results_lib.KEPT}
  assert len(started) == most


def test_who_asks_no_more_leaves_no_thread_at_work(order, monkeypatch):
  looked_at = []
  decide = decision.decide

  def note(handle, *args):
    looked_at.append(handle)
    return decide(handle, *args)

  monkeypatch.setattr(decision, 'decide', note)
  before = threading.active_count()
  running = settled.settle([order] * 50, 2)
  next(running)
  running.close()
  while threading.active_count() > before:
    time.sleep(0.01)
  assert len(looked_at) < 50 * len(_HANDLES)
