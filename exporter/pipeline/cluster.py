"""The engine of many machines: orders -> results, each order a Ray task."""

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
from exporter.pipeline import worker

_RETRIES = 3  # Of a task whose node or process is lost.
_PATIENCE_SECONDS = 10


def _perform(
  order: orders_lib.Order,
  libraries: dict[str, str],
  added: 'tuple[formats.Format, ...]',
) -> list[results_lib.Result]:
  """Runs on a node."""
  found = environment.libraries()
  if found != libraries:
    return orders_lib.failures(
      order,
      f'{socket.gethostname()} has {found}, expected {libraries} as on the '
      'machine that gave the order; install the same on every node',
    )
  formats.adopt(added)
  worker.prepare()
  return list(worker.perform(order))


def _knock(address: str) -> None:
  """Raises an OSError if nobody listens; Ray itself asks for ten minutes."""
  host, separator, port = address.rpartition('://')[2].rpartition(':')
  if separator and port.isdecimal():
    socket.create_connection((host, int(port)), _PATIENCE_SECONDS).close()


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
  except Exception as error:  # Ray raises half of Python's.
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ExportError(
      f'cannot reach a Ray cluster at {address or "this machine"}: {reason}; '
      'name its head with --ray_address=HOST:PORT, or start one: '
      'ray start --head; one that asks for a token needs RAY_AUTH_MODE=token '
      'here, too'
    ) from error
  # Ray tells of lost nodes where a program may read our results.
  ours, sys.stdout = sys.stdout, sys.stderr
  try:
    yield
  finally:
    ray.shutdown()
    if sys.stdout is sys.stderr:  # Else nobody reads our results any more.
      sys.stdout = ours


def _absolute(order: orders_lib.Order) -> orders_lib.Order:
  """The same for a process that runs in another folder."""
  return dataclasses.replace(
    order,
    output_dir=order.output_dir.absolute(),
    checkpoint_dir=order.checkpoint_dir and order.checkpoint_dir.absolute(),
    pictures_dir=order.pictures_dir and order.pictures_dir.absolute(),
  )


def _apart(order: orders_lib.Order) -> list[orders_lib.Order]:
  """An order a handle."""
  return [
    dataclasses.replace(order, handles=(handle,)) for handle in order.handles
  ]


@dataclasses.dataclass(frozen=True)
class Cluster:
  """A Ray cluster; without an address, the one Ray finds or starts here."""

  address: str | None = None

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Iterator[results_lib.Result]:
    """Carries orders out; a lost node's are repeated on the others.

    What makes its process die again and again is found by giving each handle
    of the order alone, and fails.

    Args:
      orders: What to do; all of one kind, in one output folder that every
        node sees.
      folder: Not needed; Ray keeps its own logs.

    Yields:
      The results of an order, order by order as they come.

    Raises:
      PackageError: Ray is missing.
      ExportError: The cluster cannot be reached.
    """
    del folder
    environment.require('ray')
    import ray

    with _connect(ray, self.address):
      task = ray.remote(num_cpus=1, max_retries=_RETRIES)(_perform)
      libraries = environment.libraries()

      def submit(order: orders_lib.Order) -> Any:
        return task.remote(order, libraries, formats.additions())

      pending = {submit(order): order for order in map(_absolute, orders)}
      try:
        while pending:
          (done,), _ = ray.wait(list(pending), num_returns=1)
          order = pending.pop(done)
          try:
            yield from ray.get(done)
          except ray.exceptions.RayTaskError:
            raise  # A defect of ours, not of a node.
          except ray.exceptions.RayError as error:
            if len(order.handles) > 1:
              pending.update({submit(o): o for o in _apart(order)})
            else:
              lost = str(error).splitlines()[0]
              yield from orders_lib.failures(
                order, f'its process died: {lost}; was memory short?'
              )
      finally:
        for waiting in pending:
          ray.cancel(waiting, force=True)
