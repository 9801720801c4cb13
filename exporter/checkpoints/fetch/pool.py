"""Fetches the published archives of models, several at a time."""

from collections.abc import Iterator
import errno
import queue
import threading

from exporter import errors
from exporter import results
from exporter.checkpoints.fetch import fetcher
import model_specs
from model_specs import outside

# Seconds to wait for a thread. One that is blocked by a silent server ends with
# the process.
_JOIN = 1.0
# What the system answers where a folder takes no more files, or none of ours.
_NOT_WRITABLE = (
  *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG),
  *(errno.EACCES, errno.EPERM, errno.EROFS),
)


def _attempt(
  model: model_specs.ModelSpec,
  request: fetcher.Request,
  stop: threading.Event,
  report: fetcher.Report,
) -> results.Result:
  def fetch() -> results.Result:
    try:
      return fetcher.Fetcher(model, request, stop, report).fetch()
    except outside.NotUsableError as error:
      raise errors.FetchError(str(error)) from error
    except OSError as error:
      if error.errno not in _NOT_WRITABLE:
        raise
      raise errors.MachineError(
        f'{error.filename or request.folder}: {error.strerror}; see that the '
        'disk has room and --checkpoint_dir can be written to, then run the '
        'command again: it goes on where it stopped'
      ) from error

  return results.attempt(model.name, fetch)


class _Pool:
  """Threads that fetch one model after another and report events."""

  def __init__(self, request: fetcher.Request, jobs: int):
    self._request = request
    self._models: queue.SimpleQueue[model_specs.ModelSpec] = queue.SimpleQueue()
    for model in request.models:
      self._models.put(model)
    self._stop = threading.Event()
    self.events: queue.SimpleQueue[
      results.Result | fetcher.Moved | BaseException
    ] = queue.SimpleQueue()
    # As daemons, they do not keep the process alive when a server is silent.
    self._threads = [
      threading.Thread(target=self._work, daemon=True)
      for _ in range(min(jobs, len(request.models)))
    ]

  def start(self) -> None:
    """Starts the threads."""
    for thread in self._threads:
      thread.start()

  def stop(self) -> None:
    """Stops the downloads; the next run resumes them."""
    self._stop.set()
    for thread in self._threads:
      thread.join(_JOIN)

  def _work(self) -> None:
    try:
      while not self._stop.is_set():
        model = self._models.get_nowait()
        result = _attempt(model, self._request, self._stop, self.events.put)
        self.events.put(result)
    except queue.Empty:
      pass
    except BaseException as error:  # noqa: BLE001  # Raised by the caller.
      self.events.put(error)


def fetch_all(
  request: fetcher.Request, jobs: int
) -> Iterator[results.Result | fetcher.Moved]:
  """Fetches the archives of models.

  Args:
    request: Which archives, from where and where to.
    jobs: How many downloads run at once.

  Yields:
    A result for each model, and progress of the downloads in between.

  Raises:
    OrderError: No download would run.
  """
  if jobs < 1:
    raise errors.OrderError(f'jobs={jobs}, expected 1 or more')
  pool = _Pool(request, jobs)
  unfinished = len(request.models)
  try:
    pool.start()
    while unfinished:
      event = pool.events.get()
      if isinstance(event, BaseException):
        raise event
      unfinished -= isinstance(event, results.Result)
      yield event
  finally:
    pool.stop()
