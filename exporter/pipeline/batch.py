"""Carries out orders on any engine, as the only writer to the output folder."""

from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import pathlib
import tempfile
from typing import Protocol
from typing import runtime_checkable

from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes


@runtime_checkable
class Engine(Protocol):
  """What carries out orders: this process, its children, or a cluster."""

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Iterator[results_lib.Result]:
    """Yields a result for each handle, as soon as it is there.

    Args:
      orders: What to do.
      folder: A temporary folder for the logs of the workers.
    """


@contextlib.contextmanager
def _workplace(order: orders_lib.Order) -> Iterator[pathlib.Path]:
  """A temporary folder for the workers, removed in the end.

  For exports, nobody else can write to the output folder meanwhile, and what a
  killed run left in its staging area is removed.
  """
  if order.action != orders_lib.EXPORT:
    with tempfile.TemporaryDirectory() as folder:
      yield pathlib.Path(folder)
    return
  with storage.workplace(order.output_dir) as staged:
    yield staged


def run_orders(
  orders: Sequence[orders_lib.Order], engine: Engine | None = None
) -> Generator[results_lib.Result, None, None]:
  """Carries orders out.

  Args:
    orders: What to do; all of one kind, in one output folder.
    engine: What carries them out; by default one process for each core.

  Yields:
    One result for each handle, as soon as it is there. A handle whose worker
    dies has failed.

  Raises:
    ExportError: The output folder cannot be written to or is in use, or the
      engine cannot work.
  """
  if not orders:
    return
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
  with _workplace(orders[0]) as folder:
    yield from (engine or processes.Processes()).results(orders, folder)
