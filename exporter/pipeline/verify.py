"""Proves exports again: first the hashes of files, then what they compute."""

from collections.abc import Callable
from collections.abc import Iterator
import dataclasses
import functools
import pathlib

from exporter import errors
from exporter import formats
from exporter import results
from exporter import storage
from exporter.pipeline import orders
import model_specs


def _false_claims(
  handle: model_specs.Handle,
  made: storage.Manifest,
  output_dir: storage.Folder,
  artifact: pathlib.Path,
) -> list[str]:
  """What is false in a manifest, apart from the hashes of files.

  Args:
    handle: What the artifact is.
    made: The manifest.
    output_dir: Where the exports are.
    artifact: A local copy of the artifact.

  Returns:
    One line for each false statement.
  """
  claims = (
    ('format', made.format, handle.format),
    *formats.of(handle).claims(made, artifact),
    ('card', storage.read_card(output_dir, handle.stem) is not None, True),
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
  output_dir: storage.Folder,
  artifact: pathlib.Path,
) -> storage.Manifest:
  """Reads the manifest of an artifact and checks the files against it.

  Raises:
    ManifestError: There is no manifest, or it does not describe the files.
  """
  place = storage.place(output_dir, handle)
  made = storage.read_manifest(output_dir, handle.stem)
  if made is None:
    raise errors.ManifestError(
      f'{place.artifact} has no manifest {place.manifest.name} beside it; '
      'export the version again with --force'
    )
  differences = storage.differences(made, artifact)
  differences += _false_claims(handle, made, output_dir, artifact)
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
  if storage.read_manifest(order.output_dir, handle.stem) is None:
    raise errors.ManifestError(
      f'{place.artifact} is not there, and a converted file is compared with '
      'the SavedModel beside it, which has the weights; export it, too: '
      '--formats=tf2'
    )
  with storage.local_copy(place.artifact) as artifact:
    manifest = _check_files(handle, order.output_dir, artifact)
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
    manifest = _check_files(handle, order.output_dir, artifact)
    original = format_.recover(handle, artifact, manifest, beside)
    format_.prove(handle, artifact, original)
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
