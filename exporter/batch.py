"""Orders -> results: which order next, on which worker, whatever dies."""

from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import dataclasses
import fcntl
import multiprocessing
from multiprocessing import connection
import os
import pathlib
import shutil
import tempfile

from exporter import errors
from exporter import plan
from exporter import worker

_LOCK = '.slimhub-lock'
_LOG_TAIL = 5  # Lines of a dead worker's log that go into the error.


@dataclasses.dataclass
class _Worker:
  """A process, the order it works on and what of it is not done yet."""

  process: multiprocessing.process.BaseProcess
  orders: connection.Connection
  log: pathlib.Path
  order: plan.Order | None = None
  waiting: list[str] = dataclasses.field(default_factory=list)

  def give(self, order: plan.Order) -> None:
    self.order, self.waiting = order, list(map(str, order.handles))
    self.orders.send(order)

  def death(self) -> str:
    """Says how the process ended."""
    self.process.join()
    lines = self.log.read_text(errors='replace').splitlines()[-_LOG_TAIL:]
    code = self.process.exitcode
    cause = f'signal {-code}' if code and code < 0 else f'exit code {code}'
    return (
      f'its worker process died ({cause}); was memory short? Run the same '
      'command again, with fewer --jobs\n  ' + '\n  '.join(lines)
    )


def _start(number: int, folder: pathlib.Path) -> _Worker:
  # TensorFlow does not survive a fork.
  context = multiprocessing.get_context('spawn')
  ours, theirs = context.Pipe()
  log = folder / f'worker-{number}.log'
  log.touch()
  process = context.Process(target=worker.main, args=(theirs, log), daemon=True)
  process.start()
  theirs.close()
  return _Worker(process, ours, log)


def _next(
  pending: list[plan.Order], workers: Sequence[_Worker], last: plan.Order | None
) -> plan.Order:
  """Takes the order that shares most with what this worker has built."""
  busy = {w.order.architecture for w in workers if w.order}
  own = last.architecture if last else None

  def preference(order: plan.Order) -> tuple[bool, bool]:
    architecture = order.architecture
    return (architecture != own, architecture in busy)

  order = min(pending, key=preference)
  pending.remove(order)
  return order


def _receive(worker_: _Worker) -> plan.Result | None:
  """The next result, or None when the order is done."""
  result = worker_.orders.recv()
  if result is not None:
    worker_.waiting.remove(result.handle)
  return result


def _run(
  pending: list[plan.Order], workers: list[_Worker], folder: pathlib.Path
) -> Iterator[plan.Result]:
  """Keeps the workers busy until nothing is left."""
  started = len(workers)
  while workers:
    ready = connection.wait([w.orders for w in workers])
    for worker_ in [w for w in workers if w.orders in ready]:
      try:
        result = _receive(worker_)
      except (EOFError, OSError):
        workers.remove(worker_)
        death = worker_.death()
        for handle in worker_.waiting:
          yield plan.Result(handle, plan.FAILED, f'{handle}: {death}')
        if pending:
          workers.append(_start(started, folder))
          workers[-1].give(_next(pending, workers, None))
          started += 1
        continue
      if result is not None:
        yield result
      elif pending:
        last, worker_.order = worker_.order, None
        worker_.give(_next(pending, workers, last))
      else:
        worker_.orders.send(None)
        workers.remove(worker_)


@contextlib.contextmanager
def _locked(output_dir: pathlib.Path) -> Iterator[pathlib.Path]:
  """Makes this process the only writer; yields a clean staging folder."""
  staging = output_dir / plan.STAGING
  try:
    output_dir.mkdir(parents=True, exist_ok=True)
    lock = (output_dir / _LOCK).open('w')
  except OSError as error:
    raise errors.ExportError(
      f'cannot write to {output_dir}: {error.strerror}; name a folder with '
      '--output_dir that can be written to'
    ) from error
  with lock:
    try:
      fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
      raise errors.ExportError(
        f'another slimhub works in {output_dir}; '
        'wait for it, or name another --output_dir'
      ) from error
    shutil.rmtree(staging, ignore_errors=True)  # Of a run that was killed.
    try:
      staging.mkdir()
      yield staging
    finally:
      shutil.rmtree(staging, ignore_errors=True)


@contextlib.contextmanager
def _workplace(order: plan.Order) -> Iterator[pathlib.Path]:
  """A folder for what the workers need to keep for a while."""
  if order.action == plan.EXPORT:
    with _locked(order.output_dir) as staging:
      yield staging
  else:
    with tempfile.TemporaryDirectory() as folder:
      yield pathlib.Path(folder)


def run(
  orders: Sequence[plan.Order], jobs: int | None = None
) -> Iterator[plan.Result]:
  """Carries orders out, in processes of their own.

  Args:
    orders: What to do; all of one kind, in one output folder.
    jobs: How many workers; None takes one a core.

  Yields:
    One result a handle, as they come. A handle whose worker dies fails.

  Raises:
    ExportError: The output folder cannot be written to, or is in use.
  """
  if not orders:
    return
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
  pending = list(orders)
  count = min(jobs or os.cpu_count() or 1, len(pending))
  with _workplace(orders[0]) as folder:
    workers = [_start(number, folder) for number in range(count)]
    everyone = list(workers)
    try:
      for worker_ in workers:
        worker_.give(_next(pending, workers, None))
      yield from _run(pending, workers, folder)
    finally:
      for worker_ in everyone + workers:
        worker_.process.kill()
        worker_.process.join()
