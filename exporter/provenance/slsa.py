"""The provenance of an artifact: an in-toto statement, as SLSA describes it.

It names the files with their hashes, what they were made of, and by which
command. Like the manifest, from which it is made, it is only as true as whoever
wrote it is honest.
"""

from collections.abc import Iterator
import hashlib
import json
from typing import Any

from exporter import storage
from exporter.provenance import build as build_lib
import model_specs
from model_specs import kinds

STATEMENT = 'https://in-toto.io/Statement/v1'
PREDICATE = 'https://slsa.dev/provenance/v1'
_BUILD_TYPE = 'urn:slimhub:export:1'
_BUILDER = 'pkg:generic/slimhub'


def subjects(manifest: storage.Manifest) -> dict[str, str]:
  """The SHA-256 of each file of an artifact, by its path in a hub."""
  is_folder = storage.kind_of(manifest).is_folder
  return {
    f'{manifest.handle}/{name}' if is_folder else manifest.handle: file.sha256
    for name, file in sorted(manifest.files.items())
  }


def _of_checkpoint(manifest: storage.Manifest) -> Iterator[dict[str, Any]]:
  archive = manifest.weights.archive
  if archive:
    yield {
      'name': 'archive',
      'uri': archive.url,
      'digest': {archive.algorithm: archive.digest},
      'annotations': {'trust': archive.trust},
    }
  yield {
    'name': f'tensors of {manifest.weights.checkpoint}',
    'digest': {'sha256': manifest.weights.sha256},
    'annotations': {'kind': manifest.weights.kind},
  }


def _dependencies(
  manifest: storage.Manifest, build: build_lib.Build
) -> Iterator[dict[str, Any]]:
  yield from _of_checkpoint(manifest)
  if manifest.pictures:
    yield {
      'name': 'representative images',
      'digest': {'sha256': manifest.pictures},
    }
  for package, version in manifest.libraries.items():
    own = package == 'slimhub'
    dependency: dict[str, Any] = {
      'name': package,
      'uri': f'{_BUILDER if own else f"pkg:pypi/{package}"}@{version}',
    }
    if own and build.commit:
      dependency['digest'] = {'gitCommit': build.commit}
    yield dependency


def beside(stem: str, bom: bytes) -> dict[str, Any]:
  """What a statement says of the bill of materials beside an artifact."""
  sha256 = hashlib.sha256(bom).hexdigest()
  return {'name': f'{stem}{kinds.BOM}', 'digest': {'sha256': sha256}}


def statement(
  handle: model_specs.Handle,
  manifest: storage.Manifest,
  build: build_lib.Build,
  bom: str,
) -> str:
  """The text of VERSION.intoto.jsonl: one statement, in one line.

  Args:
    handle: The artifact.
    manifest: Its manifest.
    build: Who makes it, and when.
    bom: Its bill of materials, which whoever signs the statement vouches for.
  """
  metadata = {'startedOn': build.stamp, 'finishedOn': build.stamp}
  predicate = {
    'buildDefinition': {
      'buildType': _BUILD_TYPE,
      'externalParameters': {
        'handle': manifest.handle,
        'format': manifest.format,
        'command': build_lib.command(handle, manifest),
        **({'model': manifest.model} if manifest.model else {}),
      },
      'internalParameters': {'spec': manifest.spec},
      'resolvedDependencies': list(_dependencies(manifest, build)),
    },
    'runDetails': {
      'builder': {
        'id': _BUILDER,
        'version': {'slimhub': manifest.libraries['slimhub']},
      },
      **({'metadata': metadata} if build.stamp else {}),
      'byproducts': [beside(handle.stem, bom.encode())],
    },
  }
  whole = {
    '_type': STATEMENT,
    'subject': [
      {'name': name, 'digest': {'sha256': sha256}}
      for name, sha256 in subjects(manifest).items()
    ],
    'predicateType': PREDICATE,
    'predicate': predicate,
  }
  return json.dumps(whole) + '\n'
