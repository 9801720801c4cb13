"""Repositories of Hugging Face: all formats of a model for one task."""

from collections.abc import Iterable
from collections.abc import Iterator
import pathlib
import re
import shlex

from exporter import storage
from exporter.publishing import content
from exporter.publishing import readme
from exporter.publishing import upload as upload_lib
from model_specs import kinds

# Names of repositories, as Hugging Face's own client checks them.
_PART = r'[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?'
_ID = re.compile(rf'(?!.*(?:--|\.\.)){_PART}/{_PART}')
_EXPECTED = (
  'Hugging Face takes at most 96 letters, digits, _, - and . in each part; '
  '- and . stand neither first nor last, and -- and .. nowhere'
)
# What Hugging Face keeps as large files: everything that a network is made of.
_AS_LARGE = ' filter=lfs diff=lfs merge=lfs -text'
_LARGE = (
  *('*.pb', '*.tflite', '*.onnx', '*.bin'),
  *('variables/**', 'tf1/variables/**'),
)


def _part(item: storage.Item) -> content.Files:
  """An export, its manifest and its provenance, where a repository has them."""
  folder = readme.folder(item.handle.kind)
  stem = f'{folder}{item.handle.kind.name or "manifest"}'
  return content.joined(
    content.of_export(item, folder),
    {f'{stem}{kinds.MANIFEST}': content.of_text(item.manifest.to_json())},
    content.vouching(item, stem),
  )


class Repository(upload_lib.Upload):
  """A repository: a SavedModel at its root, other formats in folders."""

  def files(self) -> content.Files:
    """The exports, what lies beside them, and the card that the page shows."""
    upload_lib.check_name(self.name, _ID, _EXPECTED)
    for item in self.items[1:]:
      storage.check_same_weights(item.manifest, self.items[0].manifest.weights)
    attributes = ''.join(f'{each}{_AS_LARGE}\n' for each in _LARGE)
    pages = readme.pages(self.name, self.items)
    return content.joined(
      {'.gitattributes': content.of_text(attributes)},
      *map(_part, self.items),
      {path: content.of_text(text) for path, text in pages.items()},
    )

  def commands(self, folder: pathlib.Path) -> tuple[str, ...]:
    """The upload by Hugging Face's command line."""
    return (shlex.join(['hf', 'upload', self.name, f'{folder}']),)


def repositories(
  items: Iterable[storage.Item], account: str
) -> Iterator[Repository]:
  """A repository for each model and task.

  Args:
    items: The exports.
    account: The owner of the repositories; the publishers if it is empty.
  """
  order = [kinds.get(kinds.TF2), *kinds.known()]
  for group in upload_lib.grouped(items, lambda item: item.handle.folder):
    chosen, note = upload_lib.newest(group)
    chosen.sort(key=lambda item: order.index(item.handle.kind))
    handle = chosen[0].handle
    name = f'{account or handle.publisher}/{upload_lib.repository(handle)}'
    yield Repository(name, chosen, note)
