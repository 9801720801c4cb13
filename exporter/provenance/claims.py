"""Whether provenance and bill of materials are of the files beside them."""

import json
from typing import Any

from exporter import storage
from exporter.provenance import slsa
from model_specs import kinds


def _of_statement(found: Any) -> dict[str, str]:
  return {each['name']: each['digest']['sha256'] for each in found['subject']}


def _of_bom(found: Any) -> dict[str, str]:
  files = found['metadata']['component']['components']
  return {each['name']: each['hashes'][0]['content'] for each in files}


_READERS = {kinds.PROVENANCE: _of_statement, kinds.BOM: _of_bom}


def _names_the_files(
  data: bytes, suffix: str, manifest: storage.Manifest
) -> bool:
  try:
    return _READERS[suffix](json.loads(data)) == slsa.subjects(manifest)
  except (ValueError, TypeError, LookupError, RecursionError):
    return False  # Somebody else wrote it, and it may be anything.


def false_claims(export: storage.Export) -> list[str]:
  """The suffixes of what lies beside an artifact and is of other files.

  An export of a slimhub that wrote neither has neither, and claims nothing.

  Raises:
    ManifestError: What lies there is a link or the like, or too large.
  """
  found = {suffix: export.read_beside(suffix) for suffix in _READERS}
  return [
    suffix
    for suffix, data in found.items()
    if data is not None and not _names_the_files(data, suffix, export.manifest)
  ]
