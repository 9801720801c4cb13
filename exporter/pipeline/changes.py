"""Why an export that is in place is not the one that is asked for.

Nothing here needs TensorFlow, so that it can be told before TensorFlow starts.
"""

import contextlib

import exporter
from exporter import checkpoints
from exporter import errors
from exporter import provenance
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import versions


def of_facts(
  handle: model_specs.Handle,
  order: orders.Order,
  manifest: storage.Manifest,
  weights: storage.Weights,
  pictures: str,
) -> list[str]:
  """What a manifest says that a new one would say otherwise.

  Args:
    handle: What is asked for.
    order: How it is asked for.
    manifest: The manifest of the export that is in place.
    weights: The weights that a new export would be made of.
    pictures: The hash of those that its ranges would be measured on.

  Returns:
    The changes in words.
  """
  slimhub = manifest.libraries.get('slimhub')
  # A manifest that says nothing of its batch, of old, means any.
  batch_before = manifest.batch or kinds.DYNAMIC
  batch = order.batch(handle) or kinds.DYNAMIC
  facts = (
    (
      manifest.format,
      handle.format,
      f'its manifest says it is {manifest.format}',
    ),
    (
      manifest.weights.sha256,
      weights.sha256,
      f'the weights of {weights.checkpoint} are others',
    ),
    (
      manifest.weights.kind,
      weights.kind,
      f'its weights were {manifest.weights.kind}, not {weights.kind}',
    ),
    (manifest.spec, handle.fingerprint, 'its spec changed'),
    (
      manifest.pictures,
      pictures,
      'the pictures that its ranges were measured on are others',
    ),
    (
      batch_before,
      batch,
      f'its batch was {batch_before}, not {batch}',
    ),
    (
      slimhub,
      exporter.__version__,
      f'slimhub was {slimhub}, is {exporter.__version__}',
    ),
  )
  return [text for found, wanted, text in facts if found != wanted]


def _of_files(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  manifest: storage.Manifest,
) -> list[str]:
  """How the files in place differ from those that were delivered."""
  changes = []
  place = storage.place(output_dir, handle)
  with storage.local_copy(place.artifact) as artifact:
    differences = storage.differences(manifest, artifact)
  if differences:
    files = ', '.join(line.split(':')[0] for line in differences)
    changes.append(f'its files changed: {files}')
  if storage.read_card(output_dir, handle.stem) is None:
    changes.append('its card is missing')
  if missing := provenance.missing(storage.Export(output_dir, manifest)):
    changes.append(f'its provenance is missing: {", ".join(missing)}')
  return changes


def find(
  handle: model_specs.Handle,
  order: orders.Order,
  manifest: storage.Manifest,
  weights: storage.Weights,
  pictures: str,
) -> list[str]:
  """Why an export that is in place differs from the one that is asked for.

  Args:
    handle: What is asked for.
    order: How it is asked for, and where the old export is.
    manifest: The manifest of the old export.
    weights: The weights that the new one would be made of.
    pictures: The hash of those that its ranges would be measured on.

  Returns:
    The reasons in words; none if the old export can be kept.
  """
  return [
    *_of_files(handle, order.output_dir, manifest),
    *of_facts(handle, order, manifest, weights, pictures),
  ]


def _manifest_beside(
  other: model_specs.Handle, order: orders.Order
) -> storage.Manifest | None:
  """The manifest of what lies beside an export; None if it cannot be used.

  The export that a damaged manifest is of reports the damage itself.
  """
  with contextlib.suppress(errors.ManifestError):
    return storage.read_manifest(order.output_dir, other.stem)
  return None


def _is_of_another(
  other: model_specs.Handle, order: orders.Order, manifest: storage.Manifest
) -> bool:
  """Whether what lies beside an export has other weights or another spec."""
  if other in order.handles:
    return False
  beside = _manifest_beside(other, order)
  return beside is not None and not storage.is_same_model(beside, manifest)


def left_behind(
  handle: model_specs.Handle, order: orders.Order, manifest: storage.Manifest
) -> str:
  """Names what is of another model beside a new export.

  Args:
    handle: What was exported.
    order: How, and what else will be.
    manifest: What is known of it.

  Returns:
    What to do about it, in words; empty if there is nothing.
  """
  origin = handle.origin
  if handle != origin:
    if not _is_of_another(origin, order, manifest):
      return ''
    return (
      'warning: the SavedModel beside it is of other weights or another spec, '
      'so this file is left out wherever exports are read; export it, too: '
      f'--formats={origin.kind.word}'
    )
  words = [kind.word for kind in kinds.converted()]
  names = [
    conversion.kind.word
    for conversion in formats.select([handle], words)
    if _is_of_another(conversion, order, manifest)
  ]
  if not names:
    return ''
  return (
    'warning: the files beside it are of other weights or another spec, and '
    'are left out wherever exports are read; export them, too: '
    f'--formats={",".join(names)}'
  )


def check_trained(
  handle: model_specs.Handle, order: orders.Order, manifest: storage.Manifest
) -> None:
  """Raises an ExportError if synthetic weights would replace trained ones.

  Args:
    handle: What is asked for.
    order: How it is asked for.
    manifest: The manifest of the export that is in place.
  """
  synthetic, old = checkpoints.SYNTHETIC, manifest.weights
  if order.weights == synthetic != old.kind:
    raise errors.ExportError(
      f'{handle} exists in {order.output_dir} with the {old.kind} '
      f'weights of {old.checkpoint}, expected {synthetic} ones or '
      'nothing; --force replaces trained weights by untrained ones'
    )


def check_trained_beside(
  handle: model_specs.Handle, order: orders.Order
) -> None:
  """Raises an ExportError for an untrained file beside a trained SavedModel.

  Whatever reads exports would leave it out, and fail.
  """
  origin = handle.origin
  is_replaced = order.force and origin in order.handles
  is_synthetic = order.weights == checkpoints.SYNTHETIC
  if handle == origin or is_replaced or not is_synthetic:
    return
  beside = _manifest_beside(origin, order)
  if beside and beside.weights.kind != checkpoints.SYNTHETIC:
    raise errors.ExportError(
      f'{handle} would be untrained, and {origin} beside it has the '
      f'{beside.weights.kind} weights of {beside.weights.checkpoint}; name '
      'those with --checkpoint_dir, or another --output_dir, or replace both: '
      f'--force with {origin.kind.word} in --formats'
    )


def check_classifier(
  handle: model_specs.Handle, reading: checkpoints.Reading
) -> None:
  """Raises a CheckpointError for a classifier that the checkpoint lacks."""
  if handle.task == versions.CLASSIFICATION and not reading.has_classifier:
    raise errors.CheckpointError(
      f'{handle}: checkpoint {reading.weights.checkpoint} has no classifier: '
      f'no variable begins with {handle.spec.family.classifier}; leave '
      'num_classes out of the spec, and there are feature vectors alone'
    )


def refuse(
  handle: model_specs.Handle, *, has_pictures: bool
) -> results.Result | None:
  """The result for a handle of which nothing can be made; None if it can."""
  reason = handle.refusal
  if handle.needs_pictures and not has_pictures:
    reason = (
      'integers need the range of every layer, which is measured on pictures: '
      '--representative_images=DIR, or =photographs for those that a package '
      'brings'
    )
  if not reason:
    return None
  return results.Result(str(handle), results.REFUSED, reason)
