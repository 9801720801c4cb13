"""Proves exports again: first the hashes of files, then what they compute."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import dataclasses
import functools
import pathlib

import exporter
from exporter import environment
from exporter import errors
from exporter import formats
from exporter import networks
from exporter import provenance
from exporter import results
from exporter import signing
from exporter import storage
from exporter.pipeline import once
from exporter.pipeline import orders
from exporter.pipeline import signed
import model_specs
from model_specs import checksums


def _claims_of_archive(
  handle: model_specs.Handle, archive: storage.Archive
) -> Iterator[formats.Claim]:
  """Claims that an archive is the model's and, if it says so, published."""
  yield 'URL of the archive', archive.url, handle.spec.archive_url
  if archive.trust == checksums.PUBLISHED:
    expected = checksums.published().get(archive.url)
    claimed = checksums.Checksum(
      archive.url, archive.bytes, archive.algorithm, archive.digest
    )
    yield 'published archive', claimed, expected


def _plain_claims(
  handle: model_specs.Handle, manifest: storage.Manifest
) -> Iterator[formats.Claim]:
  """Claims of a manifest that are checked without a look at files."""
  needs = handle.needs_pictures
  yield 'pictures were measured on', bool(manifest.pictures), needs
  # Another version of slimhub may know another spec.
  if manifest.libraries.get('slimhub') == exporter.__version__:
    yield 'spec', manifest.spec, handle.fingerprint
    table = storage.spec_table(handle)
    differing = storage.differing_keys(manifest.model, table)
    yield 'keys of the spec file that are others', differing, []
    if manifest.weights.archive:
      yield from _claims_of_archive(handle, manifest.weights.archive)


def _claims_beside(export: storage.Export) -> Iterator[formats.Claim]:
  """Claims that what tells of an artifact is there, and is of its files."""
  for name in provenance.missing(export):
    yield name, 'missing', 'beside the artifact'
  for suffix in provenance.false_claims(export):
    yield f'{suffix} beside it', 'of other files', 'of its files'


def _check_proof(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  proven: Sequence[storage.Check],
) -> None:
  """Raises a ManifestError if a manifest lacks what was just proven."""
  lacking = {c.name for c in proven} - {c.name for c in manifest.proof}
  if lacking:
    raise errors.ManifestError(
      f'{handle} is proven, and its manifest does not say so: it names no '
      f'comparison of {", ".join(sorted(lacking))}; export the version again '
      'with --force'
    )


def _false_claims(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  output_dir: storage.Folder,
  artifact: pathlib.Path,
) -> list[str]:
  """What is false in a manifest, apart from the hashes of files.

  Args:
    handle: What the artifact is.
    manifest: The manifest.
    output_dir: Where the exports are.
    artifact: A local copy of the artifact.

  Returns:
    One line for each false statement.
  """
  card = storage.read_card(output_dir, handle.stem)
  claims = (
    ('format', manifest.format, handle.format),
    *formats.of(handle).claims(handle, manifest, artifact),
    ('card', 'missing' if card is None else 'there', 'there'),
    *_plain_claims(handle, manifest),
    *_claims_beside(storage.Export(output_dir, manifest)),
  )
  return formats.untrue(claims)


@contextlib.contextmanager
def _checked(
  handle: model_specs.Handle, output_dir: storage.Folder
) -> Iterator[tuple[pathlib.Path, storage.Manifest]]:
  """Opens an artifact that is what its manifest says, as far as files tell.

  Raises:
    ManifestError: There is no manifest, or it does not describe the files.
  """
  with storage.open_artifact(output_dir, handle) as (artifact, manifest):
    false = _false_claims(handle, manifest, output_dir, artifact)
    if false:
      raise errors.ManifestError(
        f'{output_dir / str(handle)} is not what its manifest describes; '
        'export the version again with --force\n  ' + '\n  '.join(false)
      )
    yield artifact, manifest


def _beside(
  handle: model_specs.Handle, order: orders.Order
) -> formats.Original:
  """Reads the SavedModel that converted files are compared with.

  Raises:
    ManifestError: The SavedModel is not there, or not as its manifest says.
  """
  place = storage.place(order.output_dir, handle)
  if storage.read_manifest(order.output_dir, handle.stem) is None:
    raise errors.ManifestError(
      f'{place.artifact} is not there, and a converted file is compared with '
      'the SavedModel beside it, which has the weights; export it, too: '
      '--formats=tf2'
    )
  with _checked(handle, order.output_dir) as (artifact, manifest):
    original = formats.of(handle).recover(
      handle, artifact, manifest, _nothing_beside
    )
  # The open artifact is left out: a local copy of its files is gone by now.
  return dataclasses.replace(original, reading=None)


def _nothing_beside(handle: model_specs.Handle) -> formats.Original:
  """Raises a ManifestError; it is called in the place of `_beside`.

  Whatever lies beside a converted file must hold its own weights. If its format
  asks for those of a further artifact, it holds none.
  """
  raise errors.ManifestError(
    f'{handle} holds no weights that a conversion could be compared with; '
    'export it again with --force'
  )


def _check_signature(
  handle: model_specs.Handle,
  order: orders.Order,
  artifact: pathlib.Path,
) -> None:
  """Raises a SignatureError unless all is as it was signed."""
  export = storage.find_export(order.output_dir, handle.stem)
  signature, statement = signed.read(handle, order, export)
  place = storage.place(order.output_dir, handle)
  if order.public_key:
    signing.check(str(handle), artifact, signature, order.public_key)
    key = signing.public(order.public_key)
  else:
    assert order.root_certificates
    key = signing.check_certified(
      str(handle), artifact, signature, order.root_certificates
    )
  signing.check_statement(f'{place.provenance}', statement, key)


def _written_again(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  artifact: pathlib.Path,
  original: formats.Original,
) -> str:
  """Compares the files with what slimhub writes of the same weights.

  A proof runs graphs on some images, and cannot tell what they do with others.

  Returns:
    Why nothing is compared; empty if it was.

  Raises:
    ProofError: Some of the files are not those.
  """
  format_ = formats.of(handle)
  libraries = environment.libraries(*format_.packages)
  others = [
    f'{name} was {manifest.libraries.get(name)}, is {version}'
    for name, version in libraries.items()
    if manifest.libraries.get(name) != version
  ]
  if others:
    return f'not written again to compare, as {", ".join(others)}'
  if foreign := format_.foreign_files(handle, artifact, original):
    raise errors.ProofError(
      f'{handle} is not what this slimhub writes of the weights in it: '
      f'{", ".join(foreign)} differs. It answers some images as it should, and '
      'nobody knows what else it does; export it again with --force'
    )
  return ''


def _verify(
  handle: model_specs.Handle,
  order: orders.Order,
  beside: Callable[[model_specs.Handle], formats.Original],
) -> results.Result:
  format_ = formats.of(handle)
  with _checked(handle, order.output_dir) as (artifact, manifest):
    if order.asks_for_signatures:
      _check_signature(handle, order, artifact)
    original = format_.recover(handle, artifact, manifest, beside)
    if order.prove == orders.FRESH:
      sources = networks.sources(handle.spec, afresh=True)
      original = dataclasses.replace(original, sources=sources, afresh=True)
    proven = format_.prove(handle, artifact, original)
    _check_proof(handle, manifest, proven)
    notes = [_written_again(handle, manifest, artifact, original)]
    if order.client:
      notes += [format_.ask(order.client, handle, artifact, original)]
  reason = '; '.join(filter(None, notes))
  return results.Result(
    str(handle), results.VERIFIED, reason, bytes=manifest.bytes
  )


def run(order: orders.Order) -> Iterator[results.Result]:
  """Verifies the handles of one model; yields each result when it is there."""
  beside = once.once(functools.partial(_beside, order=order))
  for handle in order.handles:
    work = functools.partial(_verify, handle, order, beside)
    yield results.attempt(str(handle), work)
