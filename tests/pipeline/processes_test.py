"""The engine of one machine: a worker that dies costs one handle."""

from collections.abc import Iterator
from concurrent import futures
import dataclasses
import os
import pathlib
import resource
import signal

import pytest

from exporter import memory
from exporter import results as results_lib
from exporter.pipeline import batch
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes
from exporter.storage import places
import model_specs
from tests import lenets
from tests import workers

_SEVERAL = ('first', 'second', 'third')


def _run(
  folder: pathlib.Path, *handles: model_specs.Handle
) -> Iterator[results_lib.Result]:
  template = orders_lib.Order(
    orders_lib.EXPORT, (), folder, weights='synthetic'
  )
  orders = orders_lib.make_orders(handles or lenets.handles('lenet'), template)
  return batch.run_orders(orders, processes.Processes(1))


def _assert_whole(
  folder: pathlib.Path, results: list[results_lib.Result]
) -> None:
  """Failed exports are absent, the others are there, and nothing else is."""
  handles = {str(h): h for h in lenets.handles('lenet', *_SEVERAL)}
  for result in results:
    place = places.place(folder, handles[result.name])
    assert place.artifact.exists() == (result.status == results_lib.EXPORTED)
    assert place.manifest.exists() == (result.status == results_lib.EXPORTED)
  assert [path.name for path in folder.iterdir()] == ['acme']


def test_a_killed_worker_costs_one_handle_and_nothing_else(tmp_path):
  running = _run(tmp_path)
  assert next(running).status == results_lib.EXPORTED
  (pid,) = workers.pids(os.getpid())
  os.kill(pid, signal.SIGKILL)
  rest = list(running)  # The second may have been done before the signal.
  (failed,) = [r for r in rest if r.status == results_lib.FAILED]
  assert 'signal 9' in failed.reason
  assert '--jobs' in failed.reason
  others = [r.status for r in rest if r is not failed]
  assert others == [results_lib.EXPORTED] * 2
  _assert_whole(tmp_path, rest)


def test_any_thread_may_start_workers(tmp_path):
  handle = lenets.handles('lenet')[0]
  with futures.ThreadPoolExecutor(1) as threads:
    (result,) = threads.submit(lambda: list(_run(tmp_path, handle))).result()
  assert result.status == results_lib.EXPORTED


def test_a_worker_that_is_dead_when_it_gets_an_order_stops_nobody(
  tmp_path, monkeypatch
):
  give = processes._Worker.give
  killed: list[object] = []

  def kill_first(worker, order, proven):
    if worker.order and not killed:  # It has done one order, and waits.
      killed.append(worker)
      worker.stop()
    give(worker, order, proven)

  monkeypatch.setattr(processes._Worker, 'give', kill_first)
  handles = [lenets.handles(name)[0] for name in _SEVERAL]
  results = list(_run(tmp_path, *handles))
  assert killed
  assert {result.name for result in results} == set(map(str, handles))
  failed = [r for r in results if r.status == results_lib.FAILED]
  assert len(failed) == 1
  assert 'its worker process died' in failed[0].reason
  _assert_whole(tmp_path, results)


def _size(pid: int) -> int:
  """The address space of a process."""
  pages = pathlib.Path(f'/proc/{pid}/statm').read_text().split()[0]
  return int(pages) * resource.getpagesize()


def test_a_worker_out_of_memory_costs_what_it_was_at(tmp_path):
  running = _run(tmp_path)
  assert next(running).status == results_lib.EXPORTED
  (pid,) = workers.pids(os.getpid())
  enough_for_nothing = _size(pid) + 2**20
  resource.prlimit(pid, resource.RLIMIT_AS, (enough_for_nothing,) * 2)
  rest = list(running)  # The second may have been done before the limit.
  (failed,) = [r for r in rest if r.status == results_lib.FAILED]
  assert 'memory' in failed.reason
  assert len(failed.reason.splitlines()) <= 2  # No traceback.
  assert results_lib.EXPORTED in [result.status for result in rest]
  _assert_whole(tmp_path, rest)


def _needing(memory_gb: float, name: str) -> orders_lib.Order:
  (handle,) = model_specs.find(f'{name}/feature_vector/3')
  family = dataclasses.replace(handle.spec.family, memory_gb=memory_gb)
  model = dataclasses.replace(handle.spec, family=family)
  return orders_lib.Order(
    orders_lib.VERIFY,
    (dataclasses.replace(handle, spec=model),),
    pathlib.Path(),
  )


_NAMES = [f'mobilenet_v1_025_{size}' for size in (128, 160, 192, 224)]


@pytest.mark.parametrize(
  ('free_gb', 'memory_gb', 'workers_then'),
  [(3.75, None, 1), (7.5, None, 2), (None, None, 1), (3.75, 6.0, 2)],
)
def test_what_needs_much_memory_works_alone_unless_there_is_room(
  tmp_path, monkeypatch, free_gb, memory_gb, workers_then
):
  monkeypatch.setattr(memory, 'free_gb', lambda: free_gb)
  orders = [_needing(1.5, name) for name in _NAMES[1:]]
  orders.append(_needing(4.0, _NAMES[0]))
  running = processes.Processes(2, memory_gb).results(orders, tmp_path)
  at_work, names = [], []
  for result in running:  # There is nothing to verify, so each fails at once.
    names.append(result.name.split('/')[2])
    at_work.append(len(workers.pids(os.getpid())))
  assert sorted(names) == _NAMES
  assert at_work[0] == workers_then  # The large one starts first.
  assert max(at_work) == 2


@pytest.mark.parametrize(
  ('taken', 'memory_gb', 'processes_then'),
  [
    (memory.taken, 3.0, 1),
    (lambda pid: 2 * 10**9, 3.0, 3),  # The next order needs 1.5.
    (lambda pid: 2 * 10**9, 4.0, 1),
    (lambda pid: None, 4.0, 2),
  ],
)
def test_a_worker_goes_on_while_there_is_room_beside_what_it_kept(
  tmp_path, monkeypatch, taken, memory_gb, processes_then
):
  monkeypatch.setattr(memory, 'taken', taken)
  orders = [_needing(1.5, name) for name in _NAMES[1:3]]
  orders.append(_needing(4.0, _NAMES[0]))
  at_work = set()
  for _ in processes.Processes(1, memory_gb).results(orders, tmp_path):
    at_work |= set(workers.pids(os.getpid()))
  assert len(at_work) == processes_then
