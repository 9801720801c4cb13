"""The pipeline: one model's checkpoint -> its artifacts, proven, in place."""

from collections.abc import Callable
from collections.abc import Iterator
import functools
import pathlib

import numpy as np

import exporter
from exporter import artifacts
from exporter import cards
from exporter import checkpoints
from exporter import environment
from exporter import errors
from exporter import measure
from exporter import networks
from exporter import proof
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs
from model_specs import formats
from model_specs import versions


class _Model:
  """What the handles of one model share."""

  def __init__(self, order: orders.Order):
    self.sources = networks.sources(order.model)
    self._checkpoint = checkpoints.read_checkpoint(
      order.model, checkpoint_dir=order.checkpoint_dir, weights=order.weights
    )
    self._spec = order.model
    self._pictures_dir = order.pictures_dir
    self.tensors = self._checkpoint.tensors
    self.weights = storage.Weights(
      self._checkpoint.name, self._checkpoint.sha256, self._checkpoint.kind
    )

  def check_classifier(self, handle: model_specs.Handle) -> None:
    """Raises a CheckpointError for a classifier that is not there."""
    is_classifier = handle.task == versions.CLASSIFICATION
    if is_classifier and not self._checkpoint.has_classifier:
      raise errors.CheckpointError(
        f'{handle}: checkpoint {self._checkpoint.name} has no classifier: no '
        f'variable begins with {self._spec.family.classifier}; leave '
        'num_classes out of the spec, and there are feature vectors alone'
      )

  @functools.cached_property
  def reference(self) -> proof.Reference:
    """What the source computes; needed only if something is exported."""
    return proof.compute_reference(
      self._spec, self.sources, self.tensors, self._checkpoint.frozen_graph
    )

  @functools.cached_property
  def trials(self) -> proof.Trials:
    """What the source makes of the pictures that conversions are tried on."""
    is_trained = self.weights.kind != checkpoints.SYNTHETIC
    return proof.Trials(self.sources[0], self._spec, self.tensors, is_trained)

  @functools.cached_property
  def pictures(self) -> np.ndarray:
    """What ranges are measured on."""
    assert self._pictures_dir is not None  # Else what needs it is refused.
    return measure.read_pictures(self._pictures_dir, self._spec.size)

  def pictures_for(self, handle: model_specs.Handle) -> np.ndarray | None:
    """The pictures, if a handle's format needs them."""
    is_measured = isinstance(handle, formats.Conversion) and (
      handle.kind.needs_pictures
    )
    return self.pictures if is_measured else None


def _digest(pictures: np.ndarray | None) -> str:
  return '' if pictures is None else measure.pictures_digest(pictures)


def _convert(
  conversion: formats.Conversion, model: _Model, file: pathlib.Path
) -> storage.Manifest:
  """Writes a converted file and proves it."""
  pictures = model.pictures_for(conversion)
  artifacts.write_file(
    conversion, model.sources[0], model.tensors, pictures, file
  )
  packages = environment.packages(conversion.kind.group)
  return storage.Manifest(
    handle=str(conversion),
    format=conversion.format,
    spec=conversion.fingerprint,
    weights=model.weights,
    files=storage.hash_files(file),
    proof=proof.prove_file(conversion, file, model.trials),
    libraries=environment.libraries(*packages),
    pictures=_digest(pictures),
    model=storage.spec_table(conversion),
  )


def _write(
  handle: model_specs.Handle, model: _Model, folder: pathlib.Path
) -> storage.Manifest:
  """Writes an artifact and proves it."""
  inference, training = model.sources
  graphs = (
    artifacts.build_graph(inference, handle),
    artifacts.build_graph(training, handle),
  )
  folder.mkdir()
  is_tf1 = handle.version.format == versions.TF1
  write = artifacts.write_tf1 if is_tf1 else artifacts.write_tf2
  write(handle, graphs, model.tensors, folder)
  artifacts.write_facts(handle, graphs[0], model.weights, folder)
  files = storage.hash_files(folder)
  checks = proof.prove(handle, folder, model.reference)
  return storage.Manifest(
    handle=str(handle),
    format=handle.format,
    spec=handle.fingerprint,
    weights=model.weights,
    files=files,
    proof=checks,
    libraries=environment.libraries(),
    model=storage.spec_table(handle),
  )


def _changes(
  handle: model_specs.Handle,
  place: storage.Place,
  made: storage.Manifest,
  model: _Model,
) -> list[str]:
  """Why an export that is in place is not the one asked for, if it is not."""
  changes, weights = [], model.weights
  with storage.local_copy(place.artifact) as artifact:
    differences = storage.differences(made, artifact)
  if differences:
    files = ', '.join(line.split(':')[0] for line in differences)
    changes.append(f'its files changed: {files}')
  if not place.card.exists():
    changes.append('its card is missing')
  if made.weights.sha256 != weights.sha256:
    changes.append(f'the weights of {weights.checkpoint} are others')
  if made.weights.kind != weights.kind:
    changes.append(f'its weights were {made.weights.kind}, not {weights.kind}')
  if made.spec != handle.fingerprint:
    changes.append('its spec changed')
  if made.pictures != _digest(model.pictures_for(handle)):
    changes.append('the pictures that its ranges were measured on are others')
  version = made.libraries.get('slimhub')
  if version != exporter.__version__:
    changes.append(f'slimhub was {version}, is {exporter.__version__}')
  return changes


def _compare_with_old(
  handle: model_specs.Handle, place: storage.Place, model: _Model
) -> list[str] | None:
  """Why what is in place must be replaced; None if there is nothing.

  Raises:
    ExportError: It holds trained weights, and these are not.
  """
  with storage.reach(place.manifest):
    if not place.manifest.exists():
      return None
    made = storage.read_manifest(place.manifest)
    changes = _changes(handle, place, made, model)
  synthetic = checkpoints.SYNTHETIC
  if model.weights.kind == synthetic != made.weights.kind:
    raise errors.ExportError(
      f'{handle} exists in {place.artifact} with the {made.weights.kind} '
      f'weights of {made.weights.checkpoint}, expected {synthetic} ones or '
      'nothing; --force replaces trained weights by untrained ones'
    )
  return changes


def _make(
  handle: model_specs.Handle, model: _Model, artifact: pathlib.Path
) -> storage.Manifest:
  if isinstance(handle, formats.Conversion):
    return _convert(handle, model, artifact)
  return _write(handle, model, artifact)


def _card(handle: model_specs.Handle, made: storage.Manifest) -> str:
  if isinstance(handle, formats.Conversion):
    return cards.render_conversion(handle, made)
  return cards.render_card(handle, made)


def _refuse(conversion: formats.Conversion) -> results.Result:
  return results.Result(
    str(conversion),
    results.REFUSED,
    'integers need the range of every layer, which is measured on pictures: '
    '--representative_images=DIR',
  )


def _export(
  handle: model_specs.Handle, load: Callable[[], _Model], order: orders.Order
) -> results.Result:
  if isinstance(handle, formats.Conversion):
    environment.require(handle.kind.group)
    if handle.kind.needs_pictures and order.pictures_dir is None:
      return _refuse(handle)
  model = load()
  model.check_classifier(handle)
  place = storage.place(order.output_dir, handle)
  changes = None
  if not order.force:
    changes = _compare_with_old(handle, place, model)
  if changes == []:
    return results.Result(str(handle), results.KEPT, 'unchanged')
  reason = f'replaced: {"; ".join(changes)}' if changes else ''
  with storage.stage(order.output_dir) as folder:
    is_file = isinstance(handle, formats.Conversion)
    staged = storage.Place(
      folder / (place.artifact.name if is_file else 'artifact'),
      folder / 'manifest.json',
      folder / 'card.md',
    )
    made = _make(handle, model, staged.artifact)
    if not is_file:
      reason = '; '.join(filter(None, (reason, model.reference.note)))
    staged.manifest.write_text(made.to_json())
    staged.card.write_text(_card(handle, made), encoding='utf-8')
    may_replace = order.force or bool(changes)
    storage.deliver(handle, staged, order.output_dir, may_replace)
  return results.Result(str(handle), results.EXPORTED, reason, bytes=made.bytes)


def run(order: orders.Order) -> Iterator[results.Result]:
  """Exports the handles of one model, each result as it comes.

  A failure ends that handle alone; a checkpoint's failure ends them all.
  """
  load = functools.cache(functools.partial(_Model, order))
  for handle in order.handles:
    work = functools.partial(_export, handle, load, order)
    yield results.attempt(str(handle), work)
