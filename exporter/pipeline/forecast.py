"""What an export would do, told without TensorFlow and without a change.

It is decided as an export decides. What only TensorFlow can tell is taken to be
as it should be: that a checkpoint which is there can be read and fits, and that
what is made of it is proven.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import functools

from exporter import checkpoints
from exporter import results
from exporter import storage
from exporter.pipeline import decision
from exporter.pipeline import once
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
import model_specs

_FORCED = '--force'
_STRANGER = (
  'what lies in its place has no manifest: it is taken if its files are those '
  'of this export, and an error otherwise'
)
_IF_SAME = 'if its weights are the same, which only reading them tells'


class _Weights:
  """What can be told of the weights of an order; of each order once."""

  def __init__(self, order: orders_lib.Order, fetches: bool):
    self._order, self._fetches = order, fetches
    self._check = once.once(self._check_checkpoint)
    self.recall = functools.cache(functools.partial(settled.recall, order))

  def _check_checkpoint(self) -> None:
    """Raises a CheckpointError if there is no checkpoint to read."""
    model, folder = self._order.model, self._order.checkpoint_dir
    is_fetched = self._fetches and not model.own
    if folder is not None and not is_fetched:
      checkpoints.check_checkpoint(
        model, folder, require_checksum=self._order.require_checksums
      )

  def reading(self, *_: object) -> checkpoints.Reading | None:
    """What reading the checkpoint told an earlier run, if there was one."""
    self._check()
    return self.recall()

  def pictures(self, _: model_specs.Handle, old: storage.Manifest) -> str:
    """Those of the export in place, as only TensorFlow decodes pictures."""
    return old.pictures


def _foretell(
  handle: model_specs.Handle, order: orders_lib.Order, weights: _Weights
) -> results.Result:
  """Says what an export would do with a handle."""
  decided = decision.decide(handle, order, weights)
  if isinstance(decided, results.Result):
    if decided.status != results.KEPT:
      return decided
    reason = _IF_SAME if weights.recall() is None else ''
    return results.Result(str(handle), results.THERE, reason)
  reason = '; '.join(decided)
  with storage.reach(order.output_dir):
    is_there = storage.place(order.output_dir, handle).artifact.exists()
  if is_there and order.force:
    reason = _FORCED
  elif is_there and not decided:
    return results.Result(str(handle), results.NEW, _STRANGER)
  status: results.Status = results.REPLACED if reason else results.NEW
  return results.Result(str(handle), status, reason)


def foretell(
  orders: Sequence[orders_lib.Order], *, fetches: bool
) -> Iterator[results.Result]:
  """Says what orders to export would do.

  Args:
    orders: What would be done; all in one output folder.
    fetches: Whether checkpoints of published models would be downloaded.

  Yields:
    A result for each handle: NEW, THERE or REPLACED, or as the export's own
    REFUSED or FAILED.

  Raises:
    ExportError: The output folder could not be written to.
  """
  for order in orders:
    storage.check_writable(order.output_dir)
    weights = _Weights(order, fetches)
    for handle in order.handles:
      work = functools.partial(_foretell, handle, order, weights)
      yield results.attempt(str(handle), work)
