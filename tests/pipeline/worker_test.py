"""A worker process serves orders over its pipe until there are no more."""

import multiprocessing

import upath

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
