"""What is settled before any work: exports in place that are kept.

TensorFlow takes seconds to start, and is not needed to see that nothing is to
be made, or that a signature is missing. So the process that gives orders looks
itself, and a worker gets only what is left. Whatever cannot be told here is
left, too: the worker finds the same out of the weights themselves, and says why
an export is made again.
"""

from collections.abc import Generator
from collections.abc import Sequence
from concurrent import futures
import contextlib
import dataclasses
import functools
import queue
import threading
import time
from typing import TypeAlias

from exporter import checkpoints
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import changes
from exporter.pipeline import decision
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import signed
import model_specs


def recall(order: orders_lib.Order) -> checkpoints.Reading | None:
  """What is known of the weights of an order, if they were read before."""
  causes = checkpoints.causes(order.model, order.checkpoint_dir, order.weights)
  if causes is None:
    return None
  return storage.read_memo(checkpoints.Reading, causes)


class _UnknownError(Exception):
  """Only a worker can tell what becomes of an export."""


class _Remembered:
  """What is known of the weights of an order without reading them."""

  def __init__(self, order: orders_lib.Order):
    self._order = order
    self._lock = threading.Lock()  # One thread recalls, for all handles.
    self._recall = functools.cache(functools.partial(recall, order))

  def reading(
    self, handle: model_specs.Handle, old: storage.Manifest | None
  ) -> checkpoints.Reading:
    """What reading the checkpoint told an earlier run.

    Raises:
      _UnknownError: An export is to be made, or nothing is known.
    """
    if old is None or self._order.require_checksums or handle.needs_pictures:
      raise _UnknownError
    # First everything but the weights is compared, by taking those of the
    # manifest; to hash a checkpoint takes longer.
    if changes.of_facts(handle, self._order, old, old.weights, ''):
      raise _UnknownError
    with self._lock:
      reading = self._recall()
    if reading is None:
      raise _UnknownError
    return reading

  def pictures(self, *_: object) -> str:
    """None: what needs pictures is not known."""
    return ''


def _result(
  handle: model_specs.Handle, order: orders_lib.Order, known: _Remembered
) -> results_lib.Result | None:
  if order.action != orders_lib.EXPORT:
    return signed.refuse(handle, order)
  decided = decision.decide(handle, order, known)
  return decided if isinstance(decided, results_lib.Result) else None


# What becomes of a handle: a result, or None where a worker is needed.
_Outcome: TypeAlias = 'futures.Future[results_lib.Result | None]'
_Look: TypeAlias = tuple[model_specs.Handle, orders_lib.Order, _Remembered]
_Todo: TypeAlias = 'queue.SimpleQueue[tuple[_Outcome, _Look]]'


def _timed(
  handle: model_specs.Handle, order: orders_lib.Order, known: _Remembered
) -> results_lib.Result | None:
  """The result for a handle that needs no worker; None if it needs one."""
  start = time.monotonic()
  try:
    result = _result(handle, order, known)
  except Exception:  # noqa: BLE001  # The worker meets it, and reports it.
    return None
  seconds = time.monotonic() - start
  return result and dataclasses.replace(result, seconds=seconds)


def _work(todo: '_Todo') -> None:
  """Looks at one handle after the other, until none is left."""
  with contextlib.suppress(queue.Empty):
    while True:
      outcome, look = todo.get_nowait()
      outcome.set_result(_timed(*look))


def _start(todo: '_Todo', threads: int) -> None:
  """Starts threads that look; where none can be started, looks itself.

  A pool of Python's would need semaphores, for which some machines have no
  room, or threads that keep an interrupted process alive.
  """
  for started in range(threads):
    thread = threading.Thread(target=_work, args=(todo,), daemon=True)
    try:
      thread.start()
    except RuntimeError:  # The machine has no more threads.
      if not started:
        _work(todo)
      return


def settle(
  orders: Sequence[orders_lib.Order], jobs: int
) -> Generator[results_lib.Result, None, list[orders_lib.Order]]:
  """Yields the results of all that needs no worker.

  Args:
    orders: What to do.
    jobs: How many threads look; they mostly hash files, which they do at the
      same time.

  Returns:
    The orders with the handles that are left.
  """
  todo: _Todo = queue.SimpleQueue()
  outcomes: list[list[_Outcome]] = []
  for order in orders:
    known = _Remembered(order)
    outcomes.append([futures.Future() for _ in order.handles])
    for handle, outcome in zip(order.handles, outcomes[-1], strict=True):
      todo.put((outcome, (handle, order, known)))
  left = []
  try:
    _start(todo, min(jobs, todo.qsize()))
    for order, of_order in zip(orders, outcomes, strict=True):
      unsettled = []
      for handle, outcome in zip(order.handles, of_order, strict=True):
        if result := outcome.result():
          yield result
        else:
          unsettled.append(handle)
      if unsettled:
        left.append(dataclasses.replace(order, handles=tuple(unsettled)))
  finally:
    with contextlib.suppress(queue.Empty):  # Nobody asks for the rest.
      while True:
        todo.get_nowait()
  return left
