"""What a file of an upload will hold, known before it is written."""

from collections.abc import Callable
from collections.abc import Mapping
import dataclasses
import hashlib
import json
import pathlib
from typing import TypeAlias

from exporter import errors
from exporter import provenance
from exporter import storage
from model_specs import kinds


@dataclasses.dataclass(frozen=True)
class Content:
  """What one file will hold."""

  bytes: int
  sha256: str
  write: Callable[[pathlib.Path], object]  # Writes it to a path.


Files: TypeAlias = Mapping[str, Content]  # By their paths in an upload.


def of_data(data: bytes) -> Content:
  """Content that is at hand."""
  sha256 = hashlib.sha256(data).hexdigest()
  return Content(len(data), sha256, lambda path: path.write_bytes(data))


def of_text(text: str) -> Content:
  """A text that is at hand."""
  return of_data(text.encode())


def of_json(value: object) -> Content:
  """A value as the JSON of a file that people may read."""
  return of_text(json.dumps(value, indent=2, ensure_ascii=False) + '\n')


def _of_export(item: storage.Item, name: str) -> Content:
  """A copy of one file of an export, which is hashed while it is copied.

  The copy is no link to the same file, so that a change of one leaves the other
  as it is.
  """

  def write(path: pathlib.Path) -> None:
    with storage.local_root(item.root, item.manifest.handle) as root:
      storage.copy_file(root, item.manifest, name, path)

  file = item.manifest.files[name]
  return Content(file.bytes, file.sha256, write)


def of_export(item: storage.Item, folder: str = '') -> dict[str, Content]:
  """Copies of all files of an export.

  Args:
    item: The export.
    folder: The folder of the upload that they go into, with a slash at its end.
  """
  return {
    f'{folder}{name}': _of_export(item, name) for name in item.manifest.files
  }


def beside_export(item: storage.Item) -> dict[str, bytes]:
  """The files that vouch for an export, by their suffixes.

  One that nobody has signed has no signature.

  Raises:
    ManifestError: One of them describes other files than the export's.
  """
  if false := provenance.false_claims(item):
    raise errors.ManifestError(
      f'beside {item.handle}, {", ".join(false)} is of something else; export '
      'it again with --force'
    )
  contents = {suffix: item.read_beside(suffix) for suffix in kinds.VOUCHING}
  return {suffix: data for suffix, data in contents.items() if data}


def vouching(item: storage.Item, stem: str) -> dict[str, Content]:
  """The files that vouch for an export, as they are called in an upload.

  Args:
    item: The export.
    stem: What the names begin with, before the suffixes.

  Raises:
    ManifestError: One of them describes other files than the export's.
  """
  return {
    f'{stem}{suffix}': of_data(data)
    for suffix, data in beside_export(item).items()
  }


def joined(*parts: Files) -> dict[str, Content]:
  """The files of several parts, together.

  Raises:
    PublishError: Two files would have one path, as an export has a file with a
      name that the upload needs for something else.
  """
  together: dict[str, Content] = {}
  for part in parts:
    if twice := sorted(together.keys() & part.keys()):
      raise errors.PublishError(
        f'two files would be {twice[0]}: an export has a file of that name, '
        'which slimhub never writes; export it again with --force'
      )
    together |= part
  return together
