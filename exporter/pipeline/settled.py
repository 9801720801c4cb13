"""What is settled before any work: exports in place that are kept.

TensorFlow takes seconds to start, and is not needed to see that nothing is to
be made, or that a signature is missing. So the process that gives orders looks
itself, and a worker gets only what is left. Whatever cannot be told here is
left, too: the worker finds the same out of the weights themselves, and says why
an export is made again.
"""

import collections
from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import functools
import queue
import threading
import time

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


def _looks(
  orders: Sequence[orders_lib.Order],
) -> Iterator[tuple[model_specs.Handle, orders_lib.Order, _Remembered]]:
  """What is looked at: each handle of each order, as `_timed` takes it."""
  for order in orders:
    known = _Remembered(order)
    yield from ((handle, order, known) for handle in order.handles)


def _work(
  looks: Iterator[tuple[int, tuple]],
  lock: threading.Lock,
  done: 'queue.SimpleQueue[tuple[int, results_lib.Result | None]]',
) -> None:
  """Looks at one handle after the other, until another thread has the last."""
  while True:
    with lock:
      number, look = next(looks, (-1, ()))
    if number < 0:
      return
    done.put((number, _timed(*look)))


def _outcomes(
  orders: Sequence[orders_lib.Order], threads: int
) -> Iterator[results_lib.Result | None]:
  """Yields the outcome for each handle, in their order.

  A pool of Python's would need semaphores, for which some machines have no
  room, or threads that keep an interrupted process alive.
  """
  looks, lock = enumerate(_looks(orders)), threading.Lock()
  done: queue.SimpleQueue[tuple[int, results_lib.Result | None]]
  done = queue.SimpleQueue()
  for started in range(threads):
    helper = threading.Thread(
      target=_work, args=(looks, lock, done), daemon=True
    )
    try:
      helper.start()
    except RuntimeError:  # The machine has no more threads.
      if not started:
        _work(looks, lock, done)
      break
  waiting: dict[int, results_lib.Result | None] = {}
  try:
    for number in range(sum(len(order.handles) for order in orders)):
      while number not in waiting:
        looked_at, outcome = done.get()
        waiting[looked_at] = outcome
      yield waiting.pop(number)
  finally:
    with lock:
      collections.deque(looks, maxlen=0)  # Nobody asks for the rest.


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
  count = sum(len(order.handles) for order in orders)
  outcomes, left = _outcomes(orders, min(jobs, count)), []
  for order in orders:
    unsettled = []
    for handle in order.handles:
      if result := next(outcomes):
        yield result
      else:
        unsettled.append(handle)
    if unsettled:
      left.append(dataclasses.replace(order, handles=tuple(unsettled)))
  return left
