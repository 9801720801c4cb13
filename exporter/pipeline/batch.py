"""Orders -> results: one writer an output folder, whichever engine works."""

from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import pathlib
import tempfile
from typing import Protocol

from exporter.pipeline import orders as plan
from exporter.pipeline import processes
from exporter.storage import delivery
from exporter.storage import lock


class Engine(Protocol):
  """What carries orders out."""

  def results(
    self, orders: Sequence[plan.Order], folder: pathlib.Path
  ) -> Iterator[plan.Result]:
    """One result a handle, as they come; `folder` is for what must be kept."""


@contextlib.contextmanager
def _workplace(order: plan.Order) -> Iterator[pathlib.Path]:
  """A folder for what the workers need to keep for a while."""
  if order.action != plan.EXPORT:
    with tempfile.TemporaryDirectory() as folder:
      yield pathlib.Path(folder)
    return
  with lock.hold(order.output_dir):
    delivery.clear(order.output_dir)
    try:
      with delivery.stage(order.output_dir) as staged:
        yield staged
    finally:
      delivery.clear(order.output_dir)


def run(
  orders: Sequence[plan.Order], engine: Engine | None = None
) -> Iterator[plan.Result]:
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
