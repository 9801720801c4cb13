"""Prove delivered artifacts again: files by hash, then what they compute."""

from collections.abc import Iterator
import dataclasses
import functools
import json
import pathlib
import tempfile

import numpy as np

from exporter import artifacts
from exporter import checkpoints
from exporter import errors
from exporter import networks
from exporter import proof
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs
from model_specs import formats
from model_specs import versions


def _stated(
  handle: model_specs.Handle, made: storage.Manifest, artifact: pathlib.Path
) -> tuple[tuple[str, str, str | None], ...]:
  """What a manifest says of the weights, beside what the artifact says."""
  if isinstance(handle, formats.Conversion):
    return ()  # One file, whose weights are compared with the SavedModel's.
  try:
    facts = (artifact / artifacts.FACTS).read_bytes()
    stated = json.loads(facts)['weights']
  except (OSError, ValueError, TypeError, KeyError):
    stated = {}  # Fits no manifest.
  return (
    ('weights', made.weights.kind, stated.get('kind')),
    ('weights', made.weights.sha256, stated.get('sha256')),
  )


def _false_claims(
  handle: model_specs.Handle,
  made: storage.Manifest,
  place: storage.Place,
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
  handle: model_specs.Handle, place: storage.Place, artifact: pathlib.Path
) -> storage.Manifest:
  with storage.reach(place.manifest):
    if not storage.is_there(place.manifest):
      raise errors.ManifestError(
        f'{place.artifact} has no manifest {place.manifest.name} beside it; '
        'export the version again with --force'
      )
    made = storage.read_manifest(place.manifest)
    differences = storage.differences(made, artifact)
    differences += _false_claims(handle, made, place, artifact)
  if differences:
    raise errors.ManifestError(
      f'{place.artifact} is not what its manifest describes; '
      'export the version again with --force\n  ' + '\n  '.join(differences)
    )
  return made


def _tensors(
  handle: model_specs.Handle, reading: proof.Reading
) -> dict[str, np.ndarray]:
  """The weights an artifact holds, with zeros for a classifier it lacks."""
  inference, _ = networks.sources(handle.spec)
  held = reading.variables()
  return {
    name: held.get(name, np.zeros(shape, np.float32))
    for name, shape in inference.shapes.items()
  }


def _check_weights(
  handle: model_specs.Handle,
  made: storage.Manifest,
  tensors: dict[str, np.ndarray],
) -> None:
  if handle.task != versions.CLASSIFICATION:
    return  # The manifest's hash is of the whole network.
  found = checkpoints.Checkpoint('', '', tensors).sha256
  if found != made.weights.sha256:
    raise errors.ProofError(
      f'{handle} holds weights of hash {found}, expected those of '
      f'{made.weights.checkpoint}, {made.weights.sha256}; '
      'export it again with --force'
    )


def _ask(
  python: str,
  handle: model_specs.Handle,
  artifact: pathlib.Path,
  expected: proof.Reference,
) -> str:
  """Proves an artifact in another interpreter; says which TensorFlow it has."""
  agreed = proof.Agreement(handle, expected, proof.LENIENCY)
  with tempfile.TemporaryDirectory() as folder:
    asked = proof.Interpreter(python, pathlib.Path(folder))
    asked.ask(handle, artifact, expected)
    agreed.compare_stranger(asked)
  where = f'TensorFlow {asked.tensorflow}'
  proof.raise_on_misses(handle, agreed.of_stranger, f' in {where} of {python}')
  return f'in {where}, too'


@dataclasses.dataclass(frozen=True)
class _Origin:
  """The SavedModel that conversions are compared with: it has the weights."""

  sha256: str
  trials: proof.Trials


def _origin(handle: model_specs.Handle, order: orders.Order) -> _Origin:
  """Reads a SavedModel.

  Raises:
    ManifestError: It is not there, or not what its manifest describes.
  """
  place = storage.place(order.output_dir, handle)
  with storage.reach(place.manifest):
    is_there = storage.is_there(place.manifest)
  if not is_there:
    raise errors.ManifestError(
      f'{place.artifact} is not there, and a converted file is compared with '
      'the SavedModel beside it, which has the weights; export it, too: '
      '--formats=tf2'
    )
  with storage.local_copy(place.artifact) as artifact:
    made = _check_files(handle, place, artifact)
    tensors = _tensors(handle, proof.read_artifact(handle, artifact))
    _check_weights(handle, made, tensors)
  inference, _ = networks.sources(handle.spec)
  is_trained = made.weights.kind != checkpoints.SYNTHETIC
  trials = proof.Trials(inference, handle.spec, tensors, is_trained)
  return _Origin(made.weights.sha256, trials)


def _verify_file(
  conversion: formats.Conversion, order: orders.Order, origin: _Origin
) -> results.Result:
  place = storage.place(order.output_dir, conversion)
  with storage.local_copy(place.artifact) as file:
    made = _check_files(conversion, place, file)
    if made.weights.sha256 != origin.sha256:
      raise errors.ManifestError(
        f'{conversion} has weights of hash {made.weights.sha256}, and the '
        f'SavedModel beside it {origin.sha256}; export both again'
      )
    proof.prove_file(conversion, file, origin.trials)
  return results.Result(str(conversion), results.VERIFIED, bytes=made.bytes)


def _verify(handle: model_specs.Handle, order: orders.Order) -> results.Result:
  place = storage.place(order.output_dir, handle)
  with storage.local_copy(place.artifact) as artifact:
    made = _check_files(handle, place, artifact)
    reading = proof.read_artifact(handle, artifact)
    tensors = _tensors(handle, reading)
    _check_weights(handle, made, tensors)
    expected = proof.compute_reference(
      handle.spec, networks.sources(handle.spec), tensors
    )
    proof.prove(handle, artifact, expected, reading)
    reason = ''
    if order.client:
      reason = _ask(order.client, handle, artifact, expected)
  return results.Result(str(handle), results.VERIFIED, reason, bytes=made.bytes)


def run(order: orders.Order) -> Iterator[results.Result]:
  """Verifies the handles of one model, each result as it comes."""
  origin = functools.cache(functools.partial(_origin, order=order))

  def work(handle: model_specs.Handle) -> results.Result:
    if isinstance(handle, formats.Conversion):
      return _verify_file(handle, order, origin(handle.origin))
    return _verify(handle, order)

  for handle in order.handles:
    yield results.attempt(str(handle), functools.partial(work, handle))
