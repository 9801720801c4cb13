"""Orders -> results: one writer an output folder, whichever engine works."""

from collections.abc import Generator
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import pathlib
import tempfile
from typing import Protocol

from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes


class Engine(Protocol):
  """What carries orders out."""

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Iterator[results_lib.Result]:
    """One result a handle, as they come; `folder` is for what must be kept."""


@contextlib.contextmanager
def _workplace(order: orders_lib.Order) -> Iterator[pathlib.Path]:
  """A folder for what the workers need to keep for a while."""
  if order.action != orders_lib.EXPORT:
    with tempfile.TemporaryDirectory() as folder:
      yield pathlib.Path(folder)
    return
  with storage.hold(order.output_dir):
    storage.clear_staging(order.output_dir)
    try:
      with storage.stage(order.output_dir) as staged:
        yield staged
    finally:
      storage.clear_staging(order.output_dir)


def run_orders(
  orders: Sequence[orders_lib.Order], engine: Engine | None = None
) -> Generator[results_lib.Result, None, None]:
  """Carries orders out.

  Args:
    orders: What to do; all of one kind, in one output folder.
    engine: On what; by default on a process a core.

  Yields:
    One result a handle, as they come. A handle whose worker dies fails.

  Raises:
    ExportError: The output folder cannot be written to or is in use, or the
      engine cannot work.
  """
  if not orders:
    return
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
  with _workplace(orders[0]) as folder:
    yield from (engine or processes.Processes()).results(orders, folder)
