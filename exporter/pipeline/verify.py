"""Proves exports again: first the hashes of files, then what they compute."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import functools
import pathlib
import re

import exporter
from exporter import checkpoints
from exporter import errors
from exporter import formats
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs

_HASH = re.compile(r'[0-9a-f]{64}')


def _plain_claims(
  handle: model_specs.Handle, made: storage.Manifest
) -> Iterator[formats.Claim]:
  """Statements of a manifest that are checked without a look at files."""
  known = checkpoints.RAW, checkpoints.EMA, checkpoints.SYNTHETIC
  yield 'kind of weights is known', made.weights.kind in known, True
  hashes = {'spec': made.spec, 'weights': made.weights.sha256}
  if handle.kind.needs_pictures or made.pictures:
    hashes['pictures'] = made.pictures
  for what, text in hashes.items():
    is_hash = _HASH.fullmatch(text) is not None
    yield f'hash of the {what}, {text!r}, is one', is_hash, True
  if made.pictures:
    yield 'pictures were needed', handle.kind.needs_pictures, True
  # Another version of slimhub may know another spec.
  if made.libraries.get('slimhub') == exporter.__version__:
    yield 'spec', made.spec, handle.fingerprint
    yield 'spec file', made.model, storage.spec_table(handle)


def _check_proof(
  handle: model_specs.Handle,
  made: storage.Manifest,
  proven: Sequence[storage.Check],
) -> None:
  """Raises a ManifestError if a manifest lacks what was just proven."""
  lacking = {c.name for c in proven} - {c.name for c in made.proof}
  if lacking:
    raise errors.ManifestError(
      f'{handle} is proven, and its manifest does not say so: it names no '
      f'comparison of {", ".join(sorted(lacking))}; export the version again '
      'with --force'
    )


def _false_claims(
  handle: model_specs.Handle,
  made: storage.Manifest,
  place: storage.Place[storage.Folder],
  artifact: pathlib.Path,
) -> list[str]:
  """What is false in a manifest, apart from the hashes of files.

  Args:
    handle: What the artifact is.
    made: The manifest.
    place: Where the artifact and its card are.
    artifact: A local copy of the artifact.

  Returns:
    One line for each false statement.
  """
  claims = (
    ('handle', made.handle, str(handle)),
    ('format', made.format, handle.format),
    *formats.of(handle).claims(made, artifact),
    ('card', place.card.exists(), True),
    *_plain_claims(handle, made),
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
  handle: model_specs.Handle,
  place: storage.Place[storage.Folder],
  artifact: pathlib.Path,
) -> storage.Manifest:
  """Reads the manifest of an artifact and checks the files against it.

  Raises:
    ManifestError: There is no manifest, or it does not describe the files.
  """
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


def _beside(
  handle: model_specs.Handle, order: orders.Order
) -> formats.Original:
  """Reads the SavedModel that converted files are compared with.

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
    manifest = _check_files(handle, place, artifact)
    original = formats.of(handle).recover(
      handle, artifact, manifest, _nothing_beside
    )
  # The open artifact is left out: a local copy of its files is gone by now.
  return dataclasses.replace(original, reading=None)


def _nothing_beside(handle: model_specs.Handle) -> formats.Original:
  """Raises a ManifestError, in the place of `_beside` for a SavedModel.

  A SavedModel holds its own weights. A format that asks for those of another
  artifact here holds none.
  """
  raise errors.ManifestError(
    f'{handle} holds no weights that a conversion could be compared with; '
    'export it again with --force'
  )


def _verify(
  handle: model_specs.Handle,
  order: orders.Order,
  beside: Callable[[model_specs.Handle], formats.Original],
) -> results.Result:
  format_ = formats.of(handle)
  place = storage.place(order.output_dir, handle)
  with storage.local_copy(place.artifact) as artifact:
    manifest = _check_files(handle, place, artifact)
    original = format_.recover(handle, artifact, manifest, beside)
    proven = format_.prove(handle, artifact, original)
    _check_proof(handle, manifest, proven)
    reason = ''
    if order.client:
      reason = format_.ask(order.client, handle, artifact, original)
  return results.Result(
    str(handle), results.VERIFIED, reason, bytes=manifest.bytes
  )


def run(order: orders.Order) -> Iterator[results.Result]:
  """Verifies the handles of one model; yields each result when it is there."""
  beside = functools.cache(functools.partial(_beside, order=order))
  for handle in order.handles:
    work = functools.partial(_verify, handle, order, beside)
    yield results.attempt(str(handle), work)
