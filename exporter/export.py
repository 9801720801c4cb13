"""The pipeline: one model's checkpoint -> its artifacts, proven, in place."""

from collections.abc import Callable
from collections.abc import Iterator
import dataclasses
import functools
from importlib import metadata
import pathlib
import re
import shutil
import tempfile
import time

import tensorflow as tf

import exporter
from exporter import assets
from exporter import card
from exporter import checkpoint as checkpoint_lib
from exporter import errors
from exporter import graph as graph_lib
from exporter import hub_module
from exporter import manifest as manifest_lib
from exporter import plan
from exporter import proof
from exporter import reference as reference_lib
from exporter import saved_model
from exporter import source as source_lib
from model_specs import spec
from model_specs import versions

# What TensorFlow puts around the system's own message.
_NOISE = re.compile(r'\{\{.*?\}\} | \[Op:\w+\]')


def sources(
  model: spec.ModelSpec,
) -> tuple[source_lib.Source, source_lib.Source]:
  """The model's inference network and its training network."""
  architecture = source_lib.Architecture(
    model.network, model.multiplier, model.num_classes
  )
  return (
    source_lib.build(architecture, is_training=False),
    source_lib.build(architecture, is_training=True),
  )


@functools.cache
def _libraries() -> dict[str, str]:
  packages = ('tensorflow', 'tf-slim', 'numpy')
  found = {package: metadata.version(package) for package in packages}
  return {'slimhub': exporter.__version__, **found}


class _Model:
  """What the handles of one model share."""

  def __init__(self, order: plan.Order):
    self.sources = sources(order.model)
    inference, _ = self.sources
    wanted = checkpoint_lib.Wanted(inference.shapes, inference.trainable)
    if order.checkpoint_dir is None:
      self._checkpoint = checkpoint_lib.make_synthetic(wanted)
    else:
      self._checkpoint = checkpoint_lib.read(
        order.checkpoint_dir, order.model, wanted, order.weights
      )
    self._spec = order.model
    self.tensors = self._checkpoint.tensors
    self.weights = manifest_lib.Weights(
      self._checkpoint.name, self._checkpoint.sha256, self._checkpoint.kind
    )

  @functools.cached_property
  def reference(self) -> reference_lib.Reference:
    """What the source computes; needed only if something is exported."""
    return reference_lib.compute(self._spec, self.sources, self.tensors)


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
    format=handle.version.format,
    weights=model.weights,
    files=files,
    proof=checks,
    libraries=_libraries(),
  )


def _finished(
  handle: spec.Handle, place: plan.Place, weights: manifest_lib.Weights
) -> bool:
  """Whether this very export is in place already.

  Raises:
    ExportError: Another one is.
  """
  if not (place.artifact.exists() and place.manifest.exists()):
    return False
  made = manifest_lib.read(place.manifest)
  differences = manifest_lib.differences(made, place.artifact)
  differences += [
    f'{field} of the weights: {found}, expected {getattr(weights, field)}'
    for field, found in dataclasses.asdict(made.weights).items()
    if found != getattr(weights, field)
  ]
  version = made.libraries.get('slimhub')
  if version != exporter.__version__:
    differences.append(f'slimhub {version}, expected {exporter.__version__}')
  if differences:
    raise errors.ExportError(
      f'{handle} exists in {place.artifact} and is another one than asked '
      'for; --force replaces it; it differs in\n  ' + '\n  '.join(differences)
    )
  return True


def _deliver(
  handle: spec.Handle, staged: plan.Place, place: plan.Place, force: bool
) -> None:
  """Moves a proven artifact to its place, its manifest last."""
  place.artifact.parent.mkdir(parents=True, exist_ok=True)
  if place.artifact.exists() and not force:
    # A run was killed between two renames, or somebody else made the folder.
    mine = manifest_lib.hash_files(staged.artifact)
    if manifest_lib.hash_files(place.artifact) != mine:
      raise errors.ExportError(
        f'{handle} exists in {place.artifact} without a manifest, and its '
        'files are not those of this export; --force replaces it'
      )
  elif place.artifact.exists():
    replaced = place.artifact.rename(staged.artifact.with_name('replaced'))
    try:
      staged.artifact.rename(place.artifact)
    except OSError:
      replaced.rename(place.artifact)
      raise
  else:
    staged.artifact.rename(place.artifact)
  staged.card.rename(place.card)
  staged.manifest.rename(place.manifest)


def _export(
  handle: spec.Handle, load: Callable[[], _Model], order: plan.Order
) -> plan.Result:
  model = load()
  place = plan.place(order.output_dir, handle)
  if not order.force and _finished(handle, place, model.weights):
    return plan.Result(str(handle), plan.KEPT, 'unchanged')
  staging = order.output_dir / plan.STAGING
  staging.mkdir(parents=True, exist_ok=True)
  folder = pathlib.Path(tempfile.mkdtemp(dir=staging))
  try:
    staged = plan.Place(
      folder / 'artifact', folder / 'manifest.json', folder / 'card.md'
    )
    made = _write(handle, model, staged.artifact)
    staged.manifest.write_text(made.to_json())
    staged.card.write_text(card.render(handle, made), encoding='utf-8')
    _deliver(handle, staged, place, order.force)
  finally:
    shutil.rmtree(folder, ignore_errors=True)
  return plan.Result(str(handle), plan.EXPORTED, bytes=made.bytes)


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
      f'{handle}: {_NOISE.sub("", str(error))}; see that the disk has room '
      'and its folder is readable and writable, then run the command again',
    )
  return dataclasses.replace(result, seconds=time.monotonic() - start)


def run(order: plan.Order) -> Iterator[plan.Result]:
  """Exports the handles of one model, each result as it comes.

  A failure ends that handle alone; a checkpoint's failure ends them all.
  """
  load = functools.cache(functools.partial(_Model, order))
  for handle in order.handles:
    yield attempt(handle, functools.partial(_export, handle, load, order))
