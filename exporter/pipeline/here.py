"""The engine of this very process: orders -> results, one after the other."""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import pathlib

from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import worker


@dataclasses.dataclass(frozen=True)
class InProcess:
  """No other process; TensorFlow is used as the caller has set it up."""

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Iterator[results_lib.Result]:
    """Carries orders out.

    Args:
      orders: What to do.
      folder: Not needed; what TensorFlow logs goes where it always does.

    Yields:
      One result a handle, as they come.
    """
    del folder
    for order in orders:
      yield from worker.perform(order)
