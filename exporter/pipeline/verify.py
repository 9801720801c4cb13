"""Prove delivered artifacts again: files by hash, then what they compute."""

from collections.abc import Iterator
import dataclasses
import functools
import json
import pathlib
import tempfile

import numpy as np

from exporter import errors
from exporter.artifacts import facts as assets
from exporter.artifacts import formats as conversions
from exporter.checkpoints import checkpoint as checkpoint_lib
from exporter.checkpoints import weights as weights_lib
from exporter.pipeline import export
from exporter.pipeline import orders as plan
from exporter.proof import agreement
from exporter.proof import interpreter
from exporter.proof import prove as proof
from exporter.proof import reference
from exporter.proof import session
from exporter.proof import trial
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
from model_specs import formats
from model_specs import spec
from model_specs import versions


def _stated(
  handle: spec.Handle, made: manifest_lib.Manifest, artifact: pathlib.Path
) -> tuple[tuple[str, str, str | None], ...]:
  """What a manifest says of the weights, beside what the artifact says."""
  if isinstance(handle, formats.Conversion):
    return ()  # One file, whose weights are compared with the SavedModel's.
  try:
    facts = (artifact / assets.FACTS).read_bytes()
    stated = json.loads(facts)['weights']
  except (OSError, ValueError, TypeError, KeyError):
    stated = {}  # Fits no manifest.
  return (
    ('weights', made.weights.kind, stated.get('kind')),
    ('weights', made.weights.sha256, stated.get('sha256')),
  )


def _false_claims(
  handle: spec.Handle,
  made: manifest_lib.Manifest,
  place: places.Place,
  artifact: pathlib.Path,
) -> list[str]:
  """What a manifest says beside the files that cannot be so, a line each."""
  claims = (
    ('handle', made.handle, str(handle)),
    ('format', made.format, handle.format),
    *_stated(handle, made, artifact),
    ('card', place.card.exists(), True),
    *(
      (check.name, check.difference <= check.tolerance, True)
      for check in made.proof
    ),
  )
  return [
    f'{what}: {found}, expected {expected}'
    for what, found, expected in claims
    if found != expected
  ]


def _check_files(
  handle: spec.Handle, place: places.Place, artifact: pathlib.Path
) -> manifest_lib.Manifest:
  with places.reach(place.manifest):
    if not place.manifest.exists():
      raise errors.ManifestError(
        f'{place.artifact} has no manifest {place.manifest.name} beside it; '
        'export the version again with --force'
      )
    made = manifest_lib.read(place.manifest)
    differences = manifest_lib.differences(made, artifact)
    differences += _false_claims(handle, made, place, artifact)
  if differences:
    raise errors.ManifestError(
      f'{place.artifact} is not what its manifest describes; '
      'export the version again with --force\n  ' + '\n  '.join(differences)
    )
  return made


def _tensors(
  handle: spec.Handle, reading: session.Reading
) -> dict[str, np.ndarray]:
  """The weights an artifact holds, with zeros for a classifier it lacks."""
  inference, _ = export.sources(handle.spec)
  held = reading.variables()
  return {
    name: held.get(name, np.zeros(shape, np.float32))
    for name, shape in inference.shapes.items()
  }


def _check_weights(
  handle: spec.Handle,
  made: manifest_lib.Manifest,
  tensors: dict[str, np.ndarray],
) -> None:
  if handle.task != versions.CLASSIFICATION:
    return  # The manifest's hash is of the whole network.
  found = checkpoint_lib.Checkpoint('', '', tensors).sha256
  if found != made.weights.sha256:
    raise errors.ProofError(
      f'{handle} holds weights of hash {found}, expected those of '
      f'{made.weights.checkpoint}, {made.weights.sha256}; '
      'export it again with --force'
    )


def _ask(
  python: str,
  handle: spec.Handle,
  artifact: pathlib.Path,
  expected: reference.Reference,
) -> str:
  """Proves an artifact in another interpreter; says which TensorFlow it has."""
  agreed = agreement.Agreement(handle, expected, interpreter.LENIENCY)
  with tempfile.TemporaryDirectory() as folder:
    asked = interpreter.Interpreter(python, pathlib.Path(folder))
    asked.ask(handle, artifact, expected)
    agreed.compare_stranger(asked)
  where = f'TensorFlow {asked.tensorflow}'
  proof.raise_on_misses(handle, agreed.of_stranger, f' in {where} of {python}')
  return f'in {where}, too'


@dataclasses.dataclass(frozen=True)
class _Origin:
  """The SavedModel that conversions are compared with: it has the weights."""

  sha256: str
  trials: trial.Trials


def _origin(handle: spec.Handle, order: plan.Order) -> _Origin:
  """Reads a SavedModel.

  Raises:
    ManifestError: It is not there, or not what its manifest describes.
  """
  place = places.place(order.output_dir, handle)
  with places.reach(place.manifest):
    is_there = place.manifest.exists()
  if not is_there:
    raise errors.ManifestError(
      f'{place.artifact} is not there, and a converted file is compared with '
      'the SavedModel beside it, which has the weights; export it, too: '
      '--formats=tf2'
    )
  with places.here(place.artifact) as artifact:
    made = _check_files(handle, place, artifact)
    tensors = _tensors(handle, proof.read(handle, artifact))
    _check_weights(handle, made, tensors)
  inference, _ = export.sources(handle.spec)
  is_trained = made.weights.kind != weights_lib.SYNTHETIC
  trials = trial.Trials(inference, handle.spec, tensors, is_trained)
  return _Origin(made.weights.sha256, trials)


def _verify_file(
  conversion: formats.Conversion, order: plan.Order, origin: _Origin
) -> plan.Result:
  place = places.place(order.output_dir, conversion)
  with places.here(place.artifact) as file:
    made = _check_files(conversion, place, file)
    if made.weights.sha256 != origin.sha256:
      raise errors.ManifestError(
        f'{conversion} has weights of hash {made.weights.sha256}, and the '
        f'SavedModel beside it {origin.sha256}; export both again'
      )
    conversions.prove(conversion, file, origin.trials)
  return plan.Result(str(conversion), plan.VERIFIED, bytes=made.bytes)


def _verify(handle: spec.Handle, order: plan.Order) -> plan.Result:
  place = places.place(order.output_dir, handle)
  with places.here(place.artifact) as artifact:
    made = _check_files(handle, place, artifact)
    reading = proof.read(handle, artifact)
    tensors = _tensors(handle, reading)
    _check_weights(handle, made, tensors)
    expected = reference.compute(
      handle.spec, export.sources(handle.spec), tensors
    )
    proof.prove(handle, artifact, expected, reading)
    reason = ''
    if order.client:
      reason = _ask(order.client, handle, artifact, expected)
  return plan.Result(str(handle), plan.VERIFIED, reason, bytes=made.bytes)


def run(order: plan.Order) -> Iterator[plan.Result]:
  """Verifies the handles of one model, each result as it comes."""
  origin = functools.cache(functools.partial(_origin, order=order))

  def work(handle: spec.Handle) -> plan.Result:
    if isinstance(handle, formats.Conversion):
      return _verify_file(handle, order, origin(handle.origin))
    return _verify(handle, order)

  for handle in order.handles:
    yield export.attempt(handle, functools.partial(work, handle))
