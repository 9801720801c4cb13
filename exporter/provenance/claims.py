"""Whether provenance and bill of materials are of the files beside them."""

import base64
import json
import pathlib
from typing import Any

from exporter import storage
from exporter.provenance import slsa
from model_specs import kinds


def _statement(parsed: Any) -> Any:
  """A statement, taken out of its envelope if it is signed.

  The signature is not checked here.
  """
  if 'payload' in parsed:
    return json.loads(base64.b64decode(parsed['payload'], validate=True))
  return parsed


def _of_statement(parsed: Any) -> dict[str, str]:
  subjects = _statement(parsed)['subject']
  return {each['name']: each['digest']['sha256'] for each in subjects}


def _of_bom(parsed: Any) -> dict[str, str]:
  files = parsed['metadata']['component']['components']
  return {each['name']: each['hashes'][0]['content'] for each in files}


_READERS = {kinds.PROVENANCE: _of_statement, kinds.BOM: _of_bom}


def _names_the_files(
  data: bytes, suffix: str, manifest: storage.Manifest
) -> bool:
  try:
    return _READERS[suffix](json.loads(data)) == slsa.subjects(manifest)
  except (ValueError, TypeError, LookupError, RecursionError):
    return False  # Somebody else wrote it, and it may be anything.


def _names_the_bom(provenance: bytes, bom: bytes, stem: str) -> bool:
  """Whether a statement is of this bill of materials.

  Whoever signs a statement vouches for what it names, and for nothing else.
  """
  try:
    statement = _statement(json.loads(provenance))
    named: Any = statement['predicate']['runDetails']['byproducts']
  except (ValueError, TypeError, LookupError, RecursionError):
    return False  # A statement of another kind names no bill of materials.
  is_named: bool = named == [slsa.beside(stem, bom)]
  return is_named


def missing(export: storage.Export) -> list[str]:
  """The names of files that each export has beside it, and this one lacks.

  Raises:
    ManifestError: What lies there is a link or the like, or too large.
  """
  stem = pathlib.PurePosixPath(export.stem).name
  return [
    f'{stem}{suffix}'
    for suffix in _READERS
    if export.read_beside(suffix) is None
  ]


def false_claims(export: storage.Export) -> list[str]:
  """The suffixes of files beside an artifact that describe other files.

  What is not there claims nothing; `missing` tells it.

  Raises:
    ManifestError: What lies there is a link or the like, or too large.
  """
  contents = {suffix: export.read_beside(suffix) for suffix in _READERS}
  false = [
    suffix
    for suffix, data in contents.items()
    if data is not None and not _names_the_files(data, suffix, export.manifest)
  ]
  provenance, bom = contents[kinds.PROVENANCE], contents[kinds.BOM]
  if (
    provenance
    and bom
    and not false
    and not _names_the_bom(provenance, bom, export.stem)
  ):
    false.append(kinds.BOM)
  return false
