"""The engine that starts no process: orders are carried out in this one."""

from collections.abc import Generator
from collections.abc import Sequence
import dataclasses
import pathlib

from exporter import eager
from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from exporter.pipeline import worker


@dataclasses.dataclass(frozen=True)
class InProcess:
  """Carries out orders in this process, with the caller's TensorFlow settings.

  Two are exceptions. Eager execution is switched on for orders even where the
  caller has switched it off, and where the caller does not say which messages
  TensorFlow logs, warnings and less are left out.
  """

  def results(
    self, orders: Sequence[orders_lib.Order], folder: pathlib.Path
  ) -> Generator[results_lib.Result, None, None]:
    """Carries out orders, one after the other.

    Args:
      orders: What to do.
      folder: Not used, as TensorFlow's messages go where they always do.

    Yields:
      One result for each handle, as soon as it is there.
    """
    del folder
    left = yield from settled.settle(orders, jobs=1)
    for order in left:
      yield from eager.each(worker.perform(order))
