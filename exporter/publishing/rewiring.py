"""Cards whose snippets download the model themselves."""

from collections.abc import Iterable
import dataclasses

from exporter import cards
from exporter import formats
from exporter import measure
from exporter import storage

_CODE = '```python\n'


def describe(item: storage.Item) -> cards.Card:
  """The card of an export, made anew of its manifest and what was measured.

  The card that lies beside the export is not used, as anybody may have written
  it.

  Raises:
    ManifestError: What was measured is unreadable.
  """
  measured = measure.read_measurements(item.root, item.handle, item.manifest)
  return formats.describe(item.handle, item.manifest, measured)


def _rewired(
  blocks: Iterable[str], item: storage.Item, module: str, path: str, url: str
) -> tuple[str, ...]:
  there = f"path = 'exports/{item.handle}'\n"
  in_page = f"'exports/{item.handle}/"
  return tuple(
    block.replace(there, f'path = {path}\n').replace(
      _CODE, f'{_CODE}import {module}\n', 1
    )
    if there in block
    else block.replace(in_page, f"'{url}" if url else in_page)
    for block in blocks
  )


def rewire(
  section: cards.Section,
  item: storage.Item,
  module: str,
  path: str,
  url: str = '',
) -> cards.Section:
  """A section of a card, with snippets that work anywhere.

  Args:
    section: The section.
    item: The export that its snippets load, from a folder of exports.
    module: The package that downloads it.
    path: The expression that downloads it and is its path.
    url: Where its files are, with a slash at the end, for snippets of pages.
  """
  return dataclasses.replace(
    section,
    blocks=_rewired(section.blocks, item, module, path, url),
    parts=tuple(
      rewire(part, item, module, path, url) for part in section.parts
    ),
  )
