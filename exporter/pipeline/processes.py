"""The engine that works on several processes of this machine."""

from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import dataclasses
import math
import multiprocessing
from multiprocessing import connection
from multiprocessing import resource_tracker
import pathlib
import signal
import threading
from typing import Any

from exporter import environment
from exporter import faults
from exporter import formats
from exporter import memory
from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from exporter.pipeline import worker
import model_specs

_SHARE = 0.8  # Of the free memory; other programs need some, too.


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
  """Keeps Ctrl-C from the processes that are started in the context.

  This process alone handles the signal, at the end of the context.
  """
  # multiprocessing unblocks the signal when it starts its resource tracker, so
  # that has to run before the signal is blocked.
  resource_tracker.ensure_running()
  # The mask is that of this thread alone; another may still get the signal.
  # What that does is for the main thread to say, and for no other one.
  noted: list[int] = []
  handler = signal.getsignal(signal.SIGINT)
  is_main = threading.current_thread() is threading.main_thread()
  if is_main:
    signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
  mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
  try:
    yield
  finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    if is_main:
      signal.signal(signal.SIGINT, handler)
  for number in noted:
    signal.raise_signal(number)


# What was proven of each program. It only passes through this process, from
# one worker to the others.
_Programs = dict[str, Any]


class _Worker:
  """A process, its current order and which handles of that are not done yet."""

  def __init__(self, log: pathlib.Path):
    # TensorFlow does not survive a fork.
    context = multiprocessing.get_context('spawn')
    self.pipe, theirs = context.Pipe()
    self._log = log
    self._log.touch()
    self._process = context.Process(
      target=worker.main,
      args=(theirs, log, formats.additions()),
      daemon=True,
    )
    with _uninterrupted():
      self._process.start()
    theirs.close()
    self.order: orders_lib.Order | None = None
    self.waiting: list[model_specs.Handle] = []

  @property
  def kept_gb(self) -> float:
    """The memory that the process has kept, if that is more than orders count.

    The next order may find no use for it. Where the system does not say how
    much it is, it is all that there is after a large order.
    """
    held = memory.taken(pid=self._process.pid)
    if held is None:
      is_large = self.order is not None and self.order.is_large
      return math.inf if is_large else 0
    gigabytes = held / memory.GB
    return gigabytes if gigabytes > model_specs.MEMORY_GB else 0

  def give(self, order: orders_lib.Order, proven: _Programs) -> None:
    """Sends an order, and what other workers have proven of programs."""
    self.order, self.waiting = order, list(order.handles)
    # If the process is dead, the pipe is closed, and this fails; `_serve` finds
    # that out when it asks for the results.
    with contextlib.suppress(OSError):
      self.pipe.send((order, proven))

  def receive(self) -> results_lib.Result | _Programs:
    """The next result or, after the last, what is now proven of programs."""
    received = self.pipe.recv()
    if isinstance(received, results_lib.Result):
      self.waiting.pop(0)  # Results come in the order of the handles.
    return received

  def death(self) -> str:
    """Why the process ended, in words, with the end of its log."""
    self._process.join()
    lines = faults.end_of(self._log.read_text(errors='replace'))
    code = self._process.exitcode
    assert code is not None  # It has ended.
    cause = f'signal {-code}' if code < 0 else f'exit code {code}'
    advice = 'run the same command again'
    if code < 0:
      advice = f'was memory short? {advice}, with fewer --jobs'
    if of_machine := faults.of_text('\n'.join(lines)):
      # Where in the code that happened says nothing; the last line, what it is.
      advice, lines = of_machine, lines[-1:]
    log = '\n  '.join(lines)
    return f'its worker process died ({cause}); {advice}\n  {log}'

  def stop(self) -> None:
    """Kills the process."""
    self._process.kill()
    self._process.join()


class _Queue:
  """The pending orders, and the workers that carry out the others."""

  def __init__(
    self,
    orders: Sequence[orders_lib.Order],
    logs: pathlib.Path,
    jobs: int,
    memory_gb: float,
  ):
    # Those of large models come first, because they take longest.
    self._pending = sorted(orders, key=lambda order: -order.memory_gb)
    self._logs = logs
    self._jobs = jobs
    self._memory_gb = memory_gb
    self._workers: list[_Worker] = []
    self._started = 0
    self._proven: _Programs = {}

  def fill(self) -> None:
    """Starts workers while there are orders, and memory and jobs for them."""
    while len(self._workers) < self._jobs:
      fitting = self._fitting(self._workers)
      if not fitting:
        return
      worker_ = _Worker(self._logs / f'worker-{self._started}.log')
      self._started += 1
      self._workers.append(worker_)
      self._give_next(worker_, fitting)

  def stop(self) -> None:
    """Ends all workers."""
    for worker_ in self._workers:
      worker_.stop()

  def _fitting(
    self, busy: Sequence[_Worker], kept_gb: float = 0
  ) -> list[orders_lib.Order]:
    """The pending orders for which there is memory.

    If nothing else is in it, any order is let in, however much it needs.

    Args:
      busy: The workers beside.
      kept_gb: What the process has kept that would get the order.
    """
    taken = kept_gb + sum(w.order.memory_gb for w in busy if w.order)
    room = self._memory_gb - taken
    return [o for o in self._pending if not taken or o.memory_gb <= room]

  def _give_next(
    self, worker_: _Worker, fitting: Sequence[orders_lib.Order]
  ) -> None:
    """Gives a worker, of orders that fit, the one that repeats the least work.

    That is one of the architecture or network that the worker has built, and
    else one that no other worker is at.
    """
    own = worker_.order
    beside = [w for w in self._workers if w is not worker_]
    others = [w.order for w in beside if w.order]
    architectures = {order.architecture for order in others}
    networks = {order.network for order in others}

    def preference(order: orders_lib.Order) -> tuple[bool, ...]:
      return (
        own is None or order.architecture != own.architecture,
        own is None or order.network != own.network,
        order.architecture in architectures,
        order.network in networks,
      )

    order = min(fitting, key=preference)
    self._pending.remove(order)
    worker_.give(order, self._proven)

  def _bury(self, worker_: _Worker) -> Iterator[results_lib.Result]:
    """Removes a dead worker, and fails the handle that it died on.

    The handles that it had not begun become an order for another worker.
    """
    self._workers.remove(worker_)
    if worker_.order and worker_.waiting:
      culprit, *rest = worker_.waiting
      if rest:
        left = dataclasses.replace(worker_.order, handles=tuple(rest))
        self._pending.insert(0, left)
      reason = f'{culprit}: {worker_.death()}'
      yield results_lib.Result(str(culprit), results_lib.FAILED, reason)
    self.fill()

  def _serve(self, worker_: _Worker) -> Iterator[results_lib.Result]:
    """Receives something from a worker, and gives it an order if it has none.

    The worker is stopped if no order is left for it, or none that fits beside
    the memory that it has kept, which the process in its place can use.
    """
    try:
      received = worker_.receive()
    except (EOFError, OSError):
      yield from self._bury(worker_)
      return
    if isinstance(received, results_lib.Result):
      yield received
      return
    self._proven.update(received)
    beside = [w for w in self._workers if w is not worker_]
    fitting = self._fitting(beside, worker_.kept_gb)
    if fitting:
      self._give_next(worker_, fitting)
    else:
      self._workers.remove(worker_)
      worker_.stop()
    self.fill()

  def results(self) -> Iterator[results_lib.Result]:
    """Yields the results of all orders as they come, until none is left."""
    while self._workers:
      ready = connection.wait([w.pipe for w in self._workers])
      for worker_ in [w for w in self._workers if w.pipe in ready]:
        yield from self._serve(worker_)


def _budget(jobs: int) -> float:
  """How many gigabytes all workers may take, if nobody says so."""
  free = memory.free_gb()
  return jobs * model_specs.MEMORY_GB if free is None else _SHARE * free


@dataclasses.dataclass(frozen=True)
class Processes:
  """Processes of this machine: `jobs` of them, or one for each core."""

  jobs: int | None = None
  # For all processes together; None stands for most of what is free.
  memory_gb: float | None = None

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Generator[results_lib.Result, None, None]:
    """Carries out orders; a handle whose worker dies has failed.

    A worker is started only if there is something for it to do.

    Args:
      orders: What to do.
      folder: Where the logs of the workers are written.

    Yields:
      One result for each handle, as soon as it is there.
    """
    jobs = self.jobs or environment.cores()
    left = yield from settled.settle(orders, jobs)
    memory_gb = self.memory_gb or _budget(jobs)
    queue = _Queue(left, folder, jobs, memory_gb)
    try:
      queue.fill()
      yield from queue.results()
    finally:
      queue.stop()
