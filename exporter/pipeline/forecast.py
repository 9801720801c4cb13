"""What an export would do, told without TensorFlow and without a change.

It is decided as an export decides. What only TensorFlow can tell is taken to be
as it should be: that a checkpoint which is there can be read and fits, and that
what is made of it is proven.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import functools

from exporter import checkpoints
from exporter import formats
from exporter import results
from exporter import storage
from exporter.pipeline import changes
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
    self.check = once.once(self._check)
    self.recall = functools.cache(functools.partial(settled.recall, order))

  def _check(self) -> None:
    """Raises a CheckpointError if there is no checkpoint to read."""
    model, folder = self._order.model, self._order.checkpoint_dir
    is_fetched = self._fetches and not model.own
    if folder is not None and not is_fetched:
      checkpoints.check_checkpoint(
        model, folder, require_checksum=self._order.require_checksums
      )


def _compare(
  handle: model_specs.Handle,
  order: orders_lib.Order,
  manifest: storage.Manifest,
  weights: _Weights,
) -> tuple[results.Status, str]:
  """What becomes of an export that is in place, and why."""
  changes.check_trained(handle, order, manifest)
  reading = weights.recall()
  if reading is not None:
    changes.check_classifier(handle, reading)
  found = changes.find(
    handle,
    order,
    manifest,
    manifest.weights if reading is None else reading.weights,
    manifest.pictures,  # Only TensorFlow decodes pictures.
  )
  if found:
    return results.REPLACED, '; '.join(found)
  return results.THERE, _IF_SAME if reading is None else ''


def _decide(
  handle: model_specs.Handle, order: orders_lib.Order, weights: _Weights
) -> tuple[results.Status, str]:
  formats.of(handle).require()
  has_pictures = order.pictures_dir is not None
  if refused := changes.refuse(handle, has_pictures=has_pictures):
    return refused.status, refused.reason
  changes.check_trained_beside(handle, order)
  weights.check()
  manifest = None
  if not order.force:
    manifest = storage.read_manifest(order.output_dir, handle.stem)
  if manifest is not None:
    return _compare(handle, order, manifest, weights)
  with storage.reach(order.output_dir):
    if not storage.place(order.output_dir, handle).artifact.exists():
      return results.NEW, ''
  if order.force:
    return results.REPLACED, _FORCED
  return results.NEW, _STRANGER


def _foretell(
  handle: model_specs.Handle, order: orders_lib.Order, weights: _Weights
) -> results.Result:
  return results.Result(str(handle), *_decide(handle, order, weights))


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
