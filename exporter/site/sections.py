"""Sections that the pages of handles and of converted files share."""

from collections.abc import Iterable
from collections.abc import Iterator
import posixpath

from exporter import cards
from exporter import elements
from exporter import markdown
from exporter.site import collection as collection_lib
from exporter.site import entries
from exporter.site import evidence
from exporter.site import page as page_lib
import model_specs


def trail(entry: entries.Entry, page: str, *steps: tuple[str, str]) -> str:
  """The way to a page of an entry."""
  family = entry.spec.family
  home = page_lib.family(family.network)
  return page_lib.trail(page, (family.title, home), *steps)


def _rows(
  named: Iterable[tuple[model_specs.Handle, str]],
  collection: collection_lib.Collection,
  page: str,
) -> Iterator[tuple[str, ...]]:
  """What there is to download: name, format, size, hash."""
  for each, title in named:
    file = collection.files.get(str(each))
    if file is None:
      continue
    # Made after the pages, so that no link of Markdown may lead there.
    about = {'href': elements.link(page, file.path), 'download': ''}
    name = elements.element('a', about, posixpath.basename(file.path))
    target = entries.page(each)
    shown = title
    if target != page:
      shown = f'[{title}]({page_lib.path(page, target)})'
    size = f'{file.bytes / 1e6:.1f}'
    yield elements.render(name), shown, size, f'`{file.sha256}`'


def _manifest(
  handle: model_specs.Handle, entry: entries.Entry
) -> tuple[str, ...]:
  """Where the facts of a page are for programs, if anything is exported."""
  if str(handle) not in entry.made:
    return ()
  name = posixpath.basename(handle.stem)
  link = elements.element('a', {'href': f'{name}.json'}, f'{name}.json')
  text = ': every file with its hash, the weights and the proof, as JSON.'
  return (elements.render(elements.element('p', None, link, text)),)


def files(
  named: Iterable[tuple[model_specs.Handle, str]],
  entry: entries.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> str:
  """What can be downloaded, with its hashes; empty if nothing can.

  Args:
    named: Handles and conversions, the page's own first, and their titles.
    entry: Theirs.
    collection: All that the site shows.
    page: Where the section stands.
  """
  named = list(named)
  rows = list(_rows(named, collection, page))
  if not rows:
    return ''
  header = ('File', 'Format', 'MB', 'SHA-256')
  table = markdown.table(header, rows, numbers=('MB',))
  return markdown.section('Download', table, *_manifest(named[0][0], entry))


def proof(handle: model_specs.Handle, entry: entries.Entry) -> str:
  """What was proven of an export, in words; empty if nothing was."""
  made = entry.made.get(str(handle))
  found = evidence.sentences(made) if made else []
  if not found:
    return ''
  return markdown.section(
    'What was proven',
    'This very export was loaded again from its files and compared with the '
    'original network:',
    markdown.bullets(found),
  )


def speed(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
) -> tuple[str, ...]:
  """What was measured of an export, if anything."""
  own = [speed for speed in entry.speeds if speed.name == str(handle)]
  if not own or not collection.machine:
    return ()
  # All that is no handle's is of Keras.
  keras = [
    speed
    for speed in entry.speeds
    if not speed.name.startswith(f'{speed.network}/')
  ]
  return (cards.speed_section(collection.machine, own, keras),)
