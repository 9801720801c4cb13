"""Exports a model: makes artifacts of its checkpoint, proves, delivers them."""

from collections.abc import Callable
from collections.abc import Iterator
import functools
import pathlib

import exporter
from exporter import checkpoints
from exporter import environment
from exporter import errors
from exporter import formats
from exporter import measure
from exporter import networks
from exporter import results
from exporter import storage
from exporter.pipeline import once
from exporter.pipeline import orders
import model_specs
from model_specs import versions


class _Model:
  """The checkpoint and the networks, which all handles of a model share."""

  def __init__(self, order: orders.Order):
    spec, sources = order.model, networks.sources(order.model)
    self._checkpoint = checkpoints.read_checkpoint(
      spec, checkpoint_dir=order.checkpoint_dir, weights=order.weights
    )
    self.weights = storage.Weights(
      self._checkpoint.name, self._checkpoint.sha256, self._checkpoint.kind
    )
    self.original = formats.Original(
      spec,
      sources,
      self._checkpoint.tensors,
      self.weights,
      self._checkpoint.frozen_graph,
      order.pictures_dir,
    )

  def check_classifier(self, handle: model_specs.Handle) -> None:
    """Raises a CheckpointError for a classifier that the checkpoint lacks."""
    is_classifier = handle.task == versions.CLASSIFICATION
    if is_classifier and not self._checkpoint.has_classifier:
      raise errors.CheckpointError(
        f'{handle}: checkpoint {self._checkpoint.name} has no classifier: no '
        f'variable begins with {handle.spec.family.classifier}; leave '
        'num_classes out of the spec, and there are feature vectors alone'
      )

  def pictures_digest(self, handle: model_specs.Handle) -> str:
    """The hash of the pictures that ranges are measured on; empty if none."""
    pictures = self.original.pictures_for(handle)
    return '' if pictures is None else measure.pictures_digest(pictures)


def _make(
  handle: model_specs.Handle,
  format_: formats.Format,
  model: _Model,
  artifact: pathlib.Path,
) -> storage.Manifest:
  """Writes an artifact, proves it, and returns its manifest."""
  format_.write(handle, model.original, artifact)
  # Hashed before the proof, so that the hashes are of what was proven.
  files = storage.hash_files(artifact)
  return storage.Manifest(
    handle=str(handle),
    format=handle.format,
    spec=handle.fingerprint,
    weights=model.weights,
    files=files,
    proof=format_.prove(handle, artifact, model.original),
    libraries=environment.libraries(*format_.packages),
    pictures=model.pictures_digest(handle),
    model=storage.spec_table(handle),
  )


def _changes(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  made: storage.Manifest,
  model: _Model,
) -> list[str]:
  """Why an export that is in place differs from the one that is asked for.

  Args:
    handle: What is asked for.
    output_dir: Where the old export is.
    made: The manifest of the old export.
    model: The checkpoint and the networks that the new one would be made of.

  Returns:
    The reasons in words; none if the old export can be kept.
  """
  changes, weights = [], model.weights
  place = storage.place(output_dir, handle)
  with storage.local_copy(place.artifact) as artifact:
    differences = storage.differences(made, artifact)
  if differences:
    files = ', '.join(line.split(':')[0] for line in differences)
    changes.append(f'its files changed: {files}')
  if storage.read_card(output_dir, handle.stem) is None:
    changes.append('its card is missing')
  slimhub = made.libraries.get('slimhub')
  facts = (
    (made.format, handle.format, f'its manifest says it is {made.format}'),
    (
      made.weights.sha256,
      weights.sha256,
      f'the weights of {weights.checkpoint} are others',
    ),
    (
      made.weights.kind,
      weights.kind,
      f'its weights were {made.weights.kind}, not {weights.kind}',
    ),
    (made.spec, handle.fingerprint, 'its spec changed'),
    (
      made.pictures,
      model.pictures_digest(handle),
      'the pictures that its ranges were measured on are others',
    ),
    (
      slimhub,
      exporter.__version__,
      f'slimhub was {slimhub}, is {exporter.__version__}',
    ),
  )
  changes += [text for found, wanted, text in facts if found != wanted]
  return changes


def _compare_with_old(
  handle: model_specs.Handle,
  output_dir: storage.Folder,
  model: _Model,
) -> list[str] | None:
  """Why an export that is in place must be replaced.

  Returns:
    The reasons in words, none if it can be kept; None if there is no export.

  Raises:
    ExportError: It has trained weights, and the new ones are synthetic.
  """
  old = storage.read_manifest(output_dir, handle.stem)
  if old is None:
    return None
  changes = _changes(handle, output_dir, old, model)
  synthetic = checkpoints.SYNTHETIC
  if model.weights.kind == synthetic != old.weights.kind:
    raise errors.ExportError(
      f'{handle} exists in {output_dir} with the {old.weights.kind} '
      f'weights of {old.weights.checkpoint}, expected {synthetic} ones or '
      'nothing; --force replaces trained weights by untrained ones'
    )
  return changes


def _refuse(handle: model_specs.Handle) -> results.Result:
  """The result for a handle that needs pictures where none are given."""
  return results.Result(
    str(handle),
    results.REFUSED,
    'integers need the range of every layer, which is measured on pictures: '
    '--representative_images=DIR',
  )


def _export(
  handle: model_specs.Handle, load: Callable[[], _Model], order: orders.Order
) -> results.Result:
  """Exports a handle, unless what is in place can be kept.

  Args:
    handle: What to export.
    load: Gives the model; called only once it is needed, as it reads the
      checkpoint.
    order: How to export it.
  """
  format_ = formats.of(handle)
  format_.require()
  if handle.kind.needs_pictures and order.pictures_dir is None:
    return _refuse(handle)
  model = load()
  model.check_classifier(handle)
  changes = None
  if not order.force:
    changes = _compare_with_old(handle, order.output_dir, model)
  if changes == []:
    return results.Result(str(handle), results.KEPT, 'unchanged')
  replaced = f'replaced: {"; ".join(changes)}' if changes else ''
  with storage.stage(order.output_dir) as folder:
    staged = storage.Place(
      folder / (handle.kind.file or 'artifact'),
      folder / 'manifest.staged',
      folder / 'card.staged',
    )
    manifest = _make(handle, format_, model, staged.artifact)
    staged.manifest.write_text(manifest.to_json())
    card = format_.card(handle, manifest).to_markdown()
    staged.card.write_text(card, encoding='utf-8')
    may_replace = order.force or bool(changes)
    storage.deliver(handle, staged, order.output_dir, may_replace)
  reason = '; '.join(filter(None, (replaced, format_.note(model.original))))
  return results.Result(
    str(handle), results.EXPORTED, reason, bytes=manifest.bytes
  )


def run(order: orders.Order) -> Iterator[results.Result]:
  """Exports the handles of one model, and yields each result when it is there.

  If one handle fails, the others are still exported. If the checkpoint cannot
  be read, every handle that needs it fails.
  """
  load = once.once(functools.partial(_Model, order))
  for handle in order.handles:
    work = functools.partial(_export, handle, load, order)
    yield results.attempt(str(handle), work)
