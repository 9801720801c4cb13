"""Whether an export is made, kept or refused: decided here alone.

The export itself decides once it has read the checkpoint. What is settled
before any work, and what a dry run foretells, is decided by the same steps with
what is known without TensorFlow.
"""

from typing import Protocol

from exporter import checkpoints
from exporter import formats
from exporter import results
from exporter import storage
from exporter.pipeline import changes
from exporter.pipeline import orders
import model_specs
from model_specs import kinds


class Known(Protocol):
  """What is known of the weights that an export would be made of."""

  def reading(
    self, handle: model_specs.Handle, old: storage.Manifest | None
  ) -> checkpoints.Reading | None:
    """What reading the checkpoint told; None if it is not read yet.

    Args:
      handle: What is asked for.
      old: The manifest of the export that is in place, if it may be kept.
    """

  def pictures(self, handle: model_specs.Handle, old: storage.Manifest) -> str:
    """The hash of the pictures that ranges would be measured on, or ''."""


def _require(handle: model_specs.Handle) -> None:
  """Raises an error if nothing here can make or run a format."""
  # The two that need no package are always there. Asking for their classes
  # would import numpy, which takes longer than all that follows.
  if handle.kind.extra or handle.kind not in kinds.KINDS:
    formats.of(handle).require()


def decide(
  handle: model_specs.Handle, order: orders.Order, known: Known
) -> results.Result | list[str]:
  """Decides what becomes of a handle.

  Args:
    handle: What is asked for.
    order: How it is asked for.
    known: What is known of the weights.

  Returns:
    The result for what is kept or refused. If an export is to be made, why the
    one that is in place has to go: nothing if there is none, or --force asks
    for it anyway.

  Raises:
    SlimhubError: It cannot be made, or must not replace what is in place.
  """
  _require(handle)
  has_pictures = order.pictures_dir is not None
  if refused := changes.refuse(handle, has_pictures=has_pictures):
    return refused
  changes.check_trained_beside(handle, order)
  old = None
  if not order.force:
    old = storage.read_manifest(order.output_dir, handle.stem)
  if old is not None:
    changes.check_trained(handle, order, old)
  reading = known.reading(handle, old)
  if reading is not None:
    changes.check_classifier(handle, reading)
  if old is None:
    return []
  weights = old.weights if reading is None else reading.weights
  pictures = known.pictures(handle, old)
  found = changes.find(handle, order, old, weights, pictures)
  return found or results.Result(str(handle), results.KEPT, 'unchanged')
