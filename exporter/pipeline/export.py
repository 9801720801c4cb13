"""The pipeline: one model's checkpoint -> its artifacts, proven, in place."""

from collections.abc import Callable
from collections.abc import Iterator
import dataclasses
import functools
import pathlib
import re
import time

import numpy as np
import tensorflow as tf

import exporter
from exporter import environment as extras
from exporter import errors
from exporter.artifacts import facts as assets
from exporter.artifacts import formats as conversions
from exporter.artifacts import graph as graph_lib
from exporter.artifacts import tf1_module as hub_module
from exporter.artifacts import tf2_model as saved_model
from exporter.cards import card
from exporter.cards import conversion as card_conversion
from exporter.checkpoints import checkpoint as checkpoint_lib
from exporter.checkpoints import own as own_checkpoint
from exporter.checkpoints import weights as weights_lib
from exporter.measure import pictures as pictures_lib
from exporter.networks import source as source_lib
from exporter.pipeline import orders as plan
from exporter.proof import prove as proof
from exporter.proof import reference as reference_lib
from exporter.proof import trial
from exporter.storage import delivery
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
from model_specs import formats
from model_specs import spec
from model_specs import versions

# What TensorFlow puts around the system's own message.
_NOISE = re.compile(r'\{\{.*?\}\} | \[Op:\w+\]')


def sources(
  model: spec.ModelSpec,
) -> tuple[source_lib.Source, source_lib.Source]:
  """The model's inference network and its training network."""
  architecture = source_lib.architecture(model)
  return (
    source_lib.build(architecture, is_training=False),
    source_lib.build(architecture, is_training=True),
  )


class _Model:
  """What the handles of one model share."""

  def __init__(self, order: plan.Order):
    self.sources = sources(order.model)
    inference, _ = self.sources
    wanted = checkpoint_lib.Wanted(inference.shapes, inference.trainable)
    if order.checkpoint_dir is None:
      self._checkpoint = checkpoint_lib.make_synthetic(wanted)
    else:
      read = own_checkpoint.read if order.model.own else checkpoint_lib.read
      self._checkpoint = read(
        order.checkpoint_dir, order.model, wanted, order.weights
      )
    self._spec = order.model
    self._pictures_dir = order.pictures_dir
    self.tensors = self._checkpoint.tensors
    self.weights = manifest_lib.Weights(
      self._checkpoint.name, self._checkpoint.sha256, self._checkpoint.kind
    )

  def check_classifier(self, handle: spec.Handle) -> None:
    """Raises a CheckpointError for a classifier that is not there."""
    is_classifier = handle.task == versions.CLASSIFICATION
    if is_classifier and not self._checkpoint.has_classifier:
      raise errors.CheckpointError(
        f'{handle}: checkpoint {self._checkpoint.name} has no classifier: no '
        f'variable begins with {self._spec.family.classifier}; leave '
        'num_classes out of the spec, and there are feature vectors alone'
      )

  @functools.cached_property
  def reference(self) -> reference_lib.Reference:
    """What the source computes; needed only if something is exported."""
    return reference_lib.compute(
      self._spec, self.sources, self.tensors, self._checkpoint.frozen_graph
    )

  @functools.cached_property
  def trials(self) -> trial.Trials:
    """What the source makes of the pictures that conversions are tried on."""
    is_trained = self.weights.kind != weights_lib.SYNTHETIC
    return trial.Trials(self.sources[0], self._spec, self.tensors, is_trained)

  @functools.cached_property
  def pictures(self) -> np.ndarray:
    """What ranges are measured on."""
    assert self._pictures_dir is not None  # Else what needs it is refused.
    return pictures_lib.read(self._pictures_dir, self._spec.size)

  def pictures_for(self, handle: spec.Handle) -> np.ndarray | None:
    """The pictures, if a handle's format needs them."""
    is_measured = isinstance(handle, formats.Conversion) and (
      handle.kind.needs_pictures
    )
    return self.pictures if is_measured else None


def _digest(pictures: np.ndarray | None) -> str:
  return '' if pictures is None else pictures_lib.digest(pictures)


def _convert(
  conversion: formats.Conversion, model: _Model, file: pathlib.Path
) -> manifest_lib.Manifest:
  """Writes a converted file and proves it."""
  pictures = model.pictures_for(conversion)
  conversions.write(conversion, model.sources[0], model.tensors, pictures, file)
  packages = extras.packages(conversion.kind.group)
  return manifest_lib.Manifest(
    handle=str(conversion),
    format=conversion.format,
    spec=conversion.fingerprint,
    weights=model.weights,
    files=manifest_lib.hash_files(file),
    proof=conversions.prove(conversion, file, model.trials),
    libraries=manifest_lib.libraries(*packages),
    pictures=_digest(pictures),
    model=manifest_lib.table(conversion),
  )


def _write(
  handle: spec.Handle, model: _Model, folder: pathlib.Path
) -> manifest_lib.Manifest:
  """Writes an artifact and proves it."""
  inference, training = model.sources
  graphs = (
    graph_lib.build(inference, handle),
    graph_lib.build(training, handle),
  )
  folder.mkdir()
  is_tf1 = handle.version.format == versions.TF1
  write = hub_module.write if is_tf1 else saved_model.write
  write(handle, graphs, model.tensors, folder)
  assets.write(handle, graphs[0], model.weights, folder)
  files = manifest_lib.hash_files(folder)
  checks = proof.prove(handle, folder, model.reference)
  return manifest_lib.Manifest(
    handle=str(handle),
    format=handle.format,
    spec=handle.fingerprint,
    weights=model.weights,
    files=files,
    proof=checks,
    libraries=manifest_lib.libraries(),
    model=manifest_lib.table(handle),
  )


def _changes(
  handle: spec.Handle,
  place: places.Place,
  made: manifest_lib.Manifest,
  model: _Model,
) -> list[str]:
  """Why an export that is in place is not the one asked for, if it is not."""
  changes, weights = [], model.weights
  with places.here(place.artifact) as artifact:
    differences = manifest_lib.differences(made, artifact)
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
  handle: spec.Handle, place: places.Place, model: _Model
) -> list[str] | None:
  """Why what is in place must be replaced; None if there is nothing.

  Raises:
    ExportError: It holds trained weights, and these are not.
  """
  with places.reach(place.manifest):
    if not place.manifest.exists():
      return None
    made = manifest_lib.read(place.manifest)
    changes = _changes(handle, place, made, model)
  synthetic = weights_lib.SYNTHETIC
  if model.weights.kind == synthetic != made.weights.kind:
    raise errors.ExportError(
      f'{handle} exists in {place.artifact} with the {made.weights.kind} '
      f'weights of {made.weights.checkpoint}, expected {synthetic} ones or '
      'nothing; --force replaces trained weights by untrained ones'
    )
  return changes


def _make(
  handle: spec.Handle, model: _Model, artifact: pathlib.Path
) -> manifest_lib.Manifest:
  if isinstance(handle, formats.Conversion):
    return _convert(handle, model, artifact)
  return _write(handle, model, artifact)


def _card(handle: spec.Handle, made: manifest_lib.Manifest) -> str:
  if isinstance(handle, formats.Conversion):
    return card_conversion.render(handle, made)
  return card.render(handle, made)


def _refuse(conversion: formats.Conversion) -> plan.Result:
  return plan.Result(
    str(conversion),
    plan.REFUSED,
    'integers need the range of every layer, which is measured on pictures: '
    '--representative_images=DIR',
  )


def _export(
  handle: spec.Handle, load: Callable[[], _Model], order: plan.Order
) -> plan.Result:
  if isinstance(handle, formats.Conversion):
    extras.require(handle.kind.group)
    if handle.kind.needs_pictures and order.pictures_dir is None:
      return _refuse(handle)
  model = load()
  model.check_classifier(handle)
  place = places.place(order.output_dir, handle)
  changes = None
  if not order.force:
    changes = _compare_with_old(handle, place, model)
  if changes == []:
    return plan.Result(str(handle), plan.KEPT, 'unchanged')
  reason = f'replaced: {"; ".join(changes)}' if changes else ''
  with delivery.stage(order.output_dir) as folder:
    is_file = isinstance(handle, formats.Conversion)
    staged = places.Place(
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
    delivery.deliver(handle, staged, order.output_dir, may_replace)
  return plan.Result(str(handle), plan.EXPORTED, reason, bytes=made.bytes)


def attempt(
  handle: spec.Handle, work: Callable[[], plan.Result]
) -> plan.Result:
  """Does the work; what a user can act on becomes a failed result."""
  start = time.monotonic()
  try:
    result = work()
  except errors.SlimhubError as error:
    result = plan.Result(str(handle), plan.FAILED, str(error))
  except (OSError, tf.errors.OpError) as error:
    result = plan.Result(
      str(handle),
      plan.FAILED,
      f'{handle}: {_NOISE.sub("", str(error))}; see that disk and '
      'memory have room and its folder is readable and writable, then run the '
      'command again',
    )
  return dataclasses.replace(result, seconds=time.monotonic() - start)


def run(order: plan.Order) -> Iterator[plan.Result]:
  """Exports the handles of one model, each result as it comes.

  A failure ends that handle alone; a checkpoint's failure ends them all.
  """
  load = functools.cache(functools.partial(_Model, order))
  for handle in order.handles:
    yield attempt(handle, functools.partial(_export, handle, load, order))
