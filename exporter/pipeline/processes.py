"""The engine of one machine: orders -> results, on processes of its own."""

from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import dataclasses
import multiprocessing
from multiprocessing import connection
from multiprocessing import resource_tracker
import pathlib
import signal
from typing import Any

from exporter import environment
from exporter import formats
from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import worker
import model_specs

# What Python and C++ say before they give up.
_OUT_OF_MEMORY = ('MemoryError', 'bad_alloc')
_LOG_TAIL = 5  # Lines of a dead worker's log that go into the error.


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
  """Processes started meanwhile never see Ctrl-C; this one does, afterwards."""
  # Starting this process unblocks the signal, so it must not be the first.
  resource_tracker.ensure_running()
  noted: list[int] = []  # A thread that the mask is not for may take it.
  handler = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
  mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
  try:
    yield
  finally:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    signal.signal(signal.SIGINT, handler)
  for number in noted:
    signal.raise_signal(number)


# Program -> what was proven of it, of which only the workers know more.
_Programs = dict[str, Any]


class _Worker:
  """A process, the order it works on and which handles of it are not done."""

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
  def is_large(self) -> bool:
    """Whether it took more memory than most; it keeps some of that."""
    return (
      self.order is not None and self.order.memory_gb > model_specs.MEMORY_GB
    )

  def give(self, order: orders_lib.Order, proven: _Programs) -> None:
    """Hands an order over, with what need not be proven again."""
    self.order, self.waiting = order, list(order.handles)
    # A process that died meanwhile takes nothing; its end of the pipe is
    # closed, which is found where its results are waited for.
    with contextlib.suppress(OSError):
      self.pipe.send((order, proven))

  def receive(self) -> results_lib.Result | _Programs:
    """The next result or, when the order is done, what is proven now."""
    received = self.pipe.recv()
    if isinstance(received, results_lib.Result):
      self.waiting.pop(0)  # Results come in the order of the handles.
    return received

  def death(self) -> str:
    """Says how the process ended."""
    self._process.join()
    lines = self._log.read_text(errors='replace').splitlines()[-_LOG_TAIL:]
    code = self._process.exitcode
    assert code is not None  # It has ended.
    cause = f'signal {-code}' if code < 0 else f'exit code {code}'
    log = '\n  '.join(lines)
    advice = 'run the same command again'
    if code < 0 or any(sign in log for sign in _OUT_OF_MEMORY):
      advice = f'was memory short? {advice}, with fewer --jobs'
    return f'its worker process died ({cause}); {advice}\n  {log}'

  def stop(self) -> None:
    """Ends the process, whatever it does."""
    self._process.kill()
    self._process.join()


class _Queue:
  """Orders that are pending, and the workers on the others."""

  def __init__(
    self,
    orders: Sequence[orders_lib.Order],
    logs: pathlib.Path,
    jobs: int,
    memory_gb: float,
  ):
    # The large ones first: they take longest.
    self._pending = sorted(orders, key=lambda order: -order.memory_gb)
    self._logs = logs
    self._jobs = jobs
    self._memory_gb = memory_gb
    self._workers: list[_Worker] = []
    self._started = 0
    self._proven: _Programs = {}

  def fill(self) -> None:
    """Adds workers while there is something to do, and room for it."""
    while len(self._workers) < self._jobs and self._fitting(self._workers):
      worker_ = _Worker(self._logs / f'worker-{self._started}.log')
      self._started += 1
      self._workers.append(worker_)
      self._give_next(worker_)

  def stop(self) -> None:
    """Ends all workers."""
    for worker_ in self._workers:
      worker_.stop()

  def _fitting(self, busy: Sequence[_Worker]) -> list[orders_lib.Order]:
    """What memory has room for beside some workers; alone, anything."""
    taken = sum(w.order.memory_gb for w in busy if w.order)
    room = self._memory_gb - taken
    return [o for o in self._pending if not taken or o.memory_gb <= room]

  def _give_next(self, worker_: _Worker) -> None:
    """Gives the order that shares most with what the worker has built."""
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

    order = min(self._fitting(beside), key=preference)
    self._pending.remove(order)
    worker_.give(order, self._proven)

  def _bury(self, worker_: _Worker) -> Iterator[results_lib.Result]:
    """Fails the handle a worker died on; another does what it left."""
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
    """Takes what one worker sends, and gives it what is next."""
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
    if self._fitting(beside) and not worker_.is_large:
      self._give_next(worker_)
    else:
      self._workers.remove(worker_)
      worker_.stop()
    self.fill()

  def results(self) -> Iterator[results_lib.Result]:
    """Keeps the workers busy until nothing is left."""
    while self._workers:
      ready = connection.wait([w.pipe for w in self._workers])
      for worker_ in [w for w in self._workers if w.pipe in ready]:
        yield from self._serve(worker_)


@dataclasses.dataclass(frozen=True)
class Processes:
  """Processes of this machine: as many as said, or as there are cores."""

  jobs: int | None = None
  memory_gb: float | None = None  # For all; None: what each mostly takes.

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Iterator[results_lib.Result]:
    """Carries orders out; a handle whose worker dies fails.

    Args:
      orders: What to do.
      folder: Where what the workers print goes.

    Yields:
      One result a handle, as they come.
    """
    jobs = self.jobs or environment.cores()
    memory_gb = self.memory_gb or jobs * model_specs.MEMORY_GB
    queue = _Queue(orders, folder, jobs, memory_gb)
    try:
      queue.fill()
      yield from queue.results()
    finally:
      queue.stop()
