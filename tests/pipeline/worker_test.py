"""A worker process serves orders over its pipe until there are no more."""

import gc
import multiprocessing
import weakref

import pytest
import upath

from exporter import memory
from exporter import results as results_lib
from exporter.pipeline import orders
from exporter.pipeline import worker
from exporter.storage import lock
import model_specs
from tests import object_storage


def test_a_worker_serves_an_order(tmp_path):
  context = multiprocessing.get_context('spawn')
  ours, theirs = context.Pipe()
  log = tmp_path / 'log'
  process = context.Process(target=worker.main, args=(theirs, log))
  process.start()
  handles = model_specs.find('mobilenet_v1_025_128/feature_vector/3')
  with lock.hold(tmp_path / 'out'):
    ours.send(
      (
        orders.Order(
          orders.EXPORT, handles, tmp_path / 'out', weights='synthetic'
        ),
        {},
      )
    )
    result = ours.recv()
    assert (result.name, result.status) == (
      str(handles[0]),
      results_lib.EXPORTED,
    )
    # What it has found out of programs: nothing that slimhub does not bring.
    assert ours.recv() == {}
  process.kill()
  process.join()
  assert log.exists()


def test_a_worker_whose_pipe_is_gone_ends(tmp_path):
  context = multiprocessing.get_context('spawn')
  ours, theirs = context.Pipe()
  process = context.Process(target=worker.main, args=(theirs, tmp_path / 'log'))
  process.start()
  theirs.close()
  ours.close()  # As when the parent is gone: nobody will send orders.
  process.join()
  assert process.exitcode != 0


def test_an_output_that_is_not_shared_is_refused(tmp_path):
  handles = model_specs.find('mobilenet_v1_025_128/feature_vector')
  order = orders.Order(
    orders.EXPORT, handles, tmp_path / 'elsewhere', weights='synthetic'
  )
  results = list(worker.perform(order))
  assert [result.status for result in results] == [results_lib.FAILED] * len(
    handles
  )
  assert f'{tmp_path / "elsewhere"} is not shared' in results[0].reason


def test_a_storage_that_is_gone_is_told_as_that():
  address = f'http://127.0.0.1:{object_storage.free_port()}'
  gone = upath.UPath(
    's3://bucket/out',
    key='test',
    secret='test',
    client_kwargs={'endpoint_url': address},
    config_kwargs={'retries': {'max_attempts': 0}},
  )
  handles = model_specs.find('mobilenet_v1_025_128/feature_vector/3')
  order = orders.Order(orders.EXPORT, handles, gone, weights='synthetic')
  (result,) = worker.perform(order)
  assert result.status == results_lib.FAILED
  assert 'cannot be reached' in result.reason
  assert address in result.reason
  assert 'not shared' not in result.reason


class _Garbage:
  """It refers to itself, so that only garbage collection frees it."""

  def __init__(self):
    self.self = self
    self.data = bytearray(b'1' * (50 * 2**20))


@pytest.fixture(name='left')
def _left():
  """References to what orders have left behind, which nothing else frees."""
  gc.collect()
  gc.disable()
  yield []
  gc.enable()


def _working(left, times):
  for number in range(times):
    left.append(weakref.ref(_Garbage()))
    yield results_lib.Result(str(number), results_lib.EXPORTED)


def test_what_orders_leave_behind_is_freed_as_it_becomes_much(left):
  alive = [
    sum(reference() is not None for reference in left)
    for _ in worker._tidily(_working(left, 12))
  ]
  assert 1 < max(alive) < 8
  assert 0 in alive


def test_it_is_freed_at_once_where_no_size_is_known(left, monkeypatch):
  monkeypatch.setattr(memory, 'taken', lambda: None)
  for _ in worker._tidily(_working(left, 3)):
    assert left[-1]() is None
