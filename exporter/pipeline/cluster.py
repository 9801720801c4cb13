"""The engine that works on many machines: each order is a task of Ray."""

from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import dataclasses
import logging
import pathlib
import socket
import sys
from typing import Any

from exporter import environment
from exporter import errors
from exporter import formats
from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from exporter.pipeline import worker

_RETRIES = 3  # How often Ray repeats a task whose node or process is lost.
_GIGABYTE = 10**9
_PATIENCE_SECONDS = 10  # How long the head of a cluster may take to answer.


def _perform(
  order: orders_lib.Order,
  libraries: dict[str, str],
  added: 'tuple[formats.Format, ...]',
) -> list[results_lib.Result]:
  """Carries out an order on a node; this function is the task.

  Args:
    order: What to do.
    libraries: The versions of packages that the node must have, too.
    added: The formats that were added to the process that gave the order.
  """
  installed = environment.libraries()
  if installed != libraries:
    return orders_lib.failures(
      order,
      f'{socket.gethostname()} has {installed}, expected {libraries} as on the '
      'machine that gave the order; install the same on every node',
    )
  formats.adopt(added)
  worker.prepare()
  return list(worker.perform(order))


def _knock(address: str) -> None:
  """Raises an OSError if nobody listens at an address.

  Ray itself would try for ten minutes.
  """
  host, separator, port = address.rpartition('://')[2].rpartition(':')
  if separator and port.isascii() and port.isdecimal():
    socket.create_connection((host, int(port)), _PATIENCE_SECONDS).close()


def _reason(error: Exception) -> str:
  """The first line of what Ray says, which may be nothing."""
  return next(iter(str(error).splitlines()), '')


@contextlib.contextmanager
def _connect(ray: Any, address: str | None) -> Iterator[None]:
  try:
    _knock(address or '')
    ray.init(
      address=address,
      include_dashboard=None if address else False,
      log_to_driver=False,
      logging_level=logging.ERROR,
    )
  except Exception as error:  # Ray raises many types without a common base.
    raise errors.ExportError(
      f'cannot reach a Ray cluster at {address or "this machine"}: '
      f'{_reason(error)}; '
      'name its head with --ray_address=HOST:PORT, or start one: '
      'ray start --head; one that asks for a token needs RAY_AUTH_MODE=token '
      'here, too'
    ) from error
  # Ray reports lost nodes on standard output, which is for results alone.
  ours, sys.stdout = sys.stdout, sys.stderr
  try:
    yield
  finally:
    ray.shutdown()
    # It was replaced if nobody reads it any more; then it stays so.
    if sys.stdout is sys.stderr:
      sys.stdout = ours


def _largest_memory(ray: Any) -> float:
  """How many bytes the largest node gives to tasks."""
  alive = [node['Resources'] for node in ray.nodes() if node['Alive']]
  return max((r.get('memory', 0) for r in alive if 'CPU' in r), default=0)


def _absolute(order: orders_lib.Order) -> orders_lib.Order:
  """The order with absolute paths, for processes that run in other folders."""
  values = {f.name: getattr(order, f.name) for f in dataclasses.fields(order)}
  paths: dict[str, Any] = {
    name: value.absolute()
    for name, value in values.items()
    if isinstance(value, pathlib.Path)  # A bucket's is absolute.
  }
  client = order.client and str(pathlib.Path(order.client).absolute())
  return dataclasses.replace(order, **paths, client=client)


def _apart(order: orders_lib.Order) -> list[orders_lib.Order]:
  """The order as several ones, each of one handle."""
  return [
    dataclasses.replace(order, handles=(handle,)) for handle in order.handles
  ]


@dataclasses.dataclass(frozen=True)
class Cluster:
  """A Ray cluster; without an address, one that Ray finds or starts here."""

  address: str | None = None

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Generator[results_lib.Result, None, None]:
    """Carries out orders; those of a lost node are repeated on other nodes.

    Where the process of an order dies in every attempt, each handle is given
    as an order of its own. Those whose processes die again have failed, and
    the others of the order are done all the same. Without anything to do, no
    cluster is reached for.

    Args:
      orders: What to do; all of one kind, in one output folder that every
        node sees.
      folder: Not used, as Ray keeps the logs itself.

    Yields:
      A result for each handle: those of an order together, once it is done.

    Raises:
      PackageError: Ray is missing.
      ExportError: The cluster cannot be reached.
    """
    del folder
    left = yield from settled.settle(orders, environment.cores())
    if not left:
      return
    environment.require('ray')
    import ray

    with _connect(ray, self.address):
      task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_perform)
      libraries = environment.libraries()
      largest = _largest_memory(ray)

      def submit(order: orders_lib.Order) -> Any:
        # A task that needs more memory than any node has would wait for ever.
        memory = min(order.memory_gb * _GIGABYTE, largest)
        return task.options(memory=int(memory)).remote(
          order, libraries, formats.additions()
        )

      pending = {submit(order): order for order in map(_absolute, left)}
      try:
        while pending:
          (done,), _ = ray.wait(list(pending), num_returns=1)
          order = pending.pop(done)
          try:
            yield from ray.get(done)
          except ray.exceptions.RayError as error:
            is_ours = isinstance(error, ray.exceptions.RayTaskError)
            if is_ours and not isinstance(error.cause, MemoryError):
              raise  # A mistake in our code, not a lost node: pass it on.
            if len(order.handles) > 1:
              pending.update({submit(o): o for o in _apart(order)})
            else:
              lost = 'MemoryError' if is_ours else _reason(error)
              yield from orders_lib.failures(
                order, f'its process died: {lost}; was memory short?'
              )
      finally:
        for waiting in pending:
          ray.cancel(waiting, force=True)
