"""The page of one handle: the card, and the way to everything beside it."""

import posixpath
import re

from exporter import card
from exporter import card_conversion
from exporter import card_speed
from exporter import catalogue
from exporter import markdown
from exporter.site import choice
from exporter.site import collection as collection_lib
from exporter.site import elements
from exporter.site import entries as entries_lib
from exporter.site import evidence
from exporter.site import guides
from exporter.site import page as page_lib
from model_specs import formats
from model_specs import spec

_SECTION = re.compile(r'^## .+$', re.MULTILINE)
_NUMBERS = ('Top-1, %', 'MACs, M', 'Parameters, M', 'Image, px')


def _link(site_pages: set[str], page: str) -> card.Link:
  def link(other: spec.Handle) -> str:
    target = entries_lib.page(other)
    if target not in site_pages:
      return f'`{other}`'
    return f'[`{other}`]({page_lib.path(page, target)})'

  return link


def _speed(
  handle: spec.Handle,
  entry: entries_lib.Entry,
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
  return (card_speed.section(collection.machine, own, keras),)


def _facts(entry: entries_lib.Entry) -> str:
  """The figures that models are chosen by, at a glance."""
  figures = entry.spec.figures
  known = (
    ('Top-1 accuracy', figures.top1_percent, ' %'),
    ('Top-5 accuracy', figures.top5_percent, ' %'),
    ('Multiply-adds', figures.macs_millions, ' M'),
    ('Parameters', figures.params_millions, ' M'),
    ('Image', entry.spec.size, ' px'),
    ('Outputs', entry.newest.num_outputs, ''),
  )
  parts = [
    elements.element(
      'div',
      None,
      elements.element('dt', None, name),
      elements.element('dd', None, f'{value}{unit}'),
    )
    for name, value, unit in known
    if value is not None
  ]
  return elements.render(elements.element('dl', {'class': 'facts'}, *parts))


def _names(
  handle: spec.Handle, entry: entries_lib.Entry
) -> list[tuple[spec.Handle, str]]:
  """What can be had of a version -> how people call it."""
  named = [(handle, card.FORMAT_TITLES[handle.version.format])]
  named += [
    (conversion, conversion.kind.title)
    for conversion in entry.conversions
    if conversion.origin == handle
  ]
  return named


def _download(
  handle: spec.Handle,
  entry: entries_lib.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> str:
  rows = []
  for each, title in _names(handle, entry):
    if file := collection.files.get(str(each)):
      url = elements.link(page, file.path)
      name = posixpath.basename(file.path)
      target = entries_lib.page(each)
      shown = title
      if target != page:
        shown = f'[{title}]({page_lib.path(page, target)})'
      # Made after the pages, so that no link of Markdown may lead there.
      link = elements.element('a', {'href': url, 'download': ''}, name)
      size = f'{file.bytes / 1e6:.1f}'
      rows.append((elements.render(link), shown, size, f'`{file.sha256}`'))
  if rows:
    header = ('File', 'Format', 'MB', 'SHA-256')
    return markdown.section(
      'Download', markdown.table(header, rows, numbers=('MB',))
    )
  command = (
    f'slimhub export {handle.spec.name}/{handle.task}/{handle.number} '
    '--fetch --output_dir=exports'
  )
  return markdown.section(
    'Get it',
    'No file comes with this page. This makes one, of the published '
    'checkpoint, and proves it:',
    f'```sh\n{command}\n```',
  )


def _proof(handle: spec.Handle, entry: entries_lib.Entry) -> str:
  made = entry.made.get(str(handle))
  if made is None:
    return ''
  return markdown.section(
    'What was proven',
    'This very export was loaded again from its files and compared with the '
    'original network:',
    markdown.bullets(evidence.sentences(made)),
  )


def _version(handle: spec.Handle) -> str:
  name = card.FORMAT_TITLES[handle.version.format]
  return f'Version {handle.number}: {name}'


def _tabs(
  handle: spec.Handle,
  entry: entries_lib.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> tuple[str, ...]:
  tasks = [
    (other.task, entries_lib.page(_nearest(other, handle)))
    for other in collection.entries
    if (other.spec, other.newest.publisher) == (handle.spec, handle.publisher)
  ]
  known = [(_version(h), entries_lib.page(h)) for h in entry.handles]
  return (
    page_lib.tabs(page, 'Tasks', tasks),
    page_lib.tabs(page, 'Versions', known),
  )


def _nearest(entry: entries_lib.Entry, handle: spec.Handle) -> spec.Handle:
  """The handle of this version, if there is one."""
  same = [h for h in entry.handles if h.number == handle.number]
  return (*same, entry.newest)[0]


def _neighbours(
  handle: spec.Handle,
  entry: entries_lib.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> str:
  """Models that a reader of this page may rather want."""
  others = [e for e in collection.entries if e.newest.task == handle.task]
  # Two publishers may offer one model: a reader stays with this one.
  others.sort(key=lambda other: other.newest.publisher != handle.publisher)
  pages: dict[spec.ModelSpec, str] = {}
  for other in others:
    pages.setdefault(other.spec, entries_lib.page(_nearest(other, handle)))
  rows = []
  for model in (entry.spec, *choice.neighbours(entry.spec, list(pages))):
    title = entries_lib.title(model)
    if model == entry.spec:
      name = f'{title} (this one)'
    else:
      name = f'[{title}]({page_lib.path(page, pages[model])})'
    figures = model.figures
    numbers = (
      figures.top1_percent,
      figures.macs_millions,
      figures.params_millions,
      model.size,
    )
    rows.append((name, *map(catalogue.figure, numbers)))
  return markdown.section(
    'Neighbouring models',
    markdown.table(('Model', *_NUMBERS), rows, numbers=_NUMBERS),
    f'[Which model should I pick?]({page_lib.path(page, page_lib.CHOICE)})',
  )


def _seldom(text: str) -> str:
  """Keeps sections from search, where another page says the same."""
  return _SECTION.sub(r'\g<0> { data-search-exclude }', text)


def _trail(entry: entries_lib.Entry, page: str, *steps: tuple[str, str]) -> str:
  family = entry.spec.family
  home = page_lib.family(family.network)
  return page_lib.trail(page, (family.title, home), *steps)


def render(
  handle: spec.Handle,
  entry: entries_lib.Entry,
  collection: collection_lib.Collection,
) -> str:
  """The page of a handle."""
  page = entries_lib.page(handle)
  made = entry.made.get(str(handle))
  title = f'{entries_lib.title(handle.spec)}: {entry.task}'
  link = _link(collection.pages, page)
  text = card.sections(handle, made, link, _speed(handle, entry, collection))
  # One step from each heading to the next, as for screen readers.
  text = text.replace('\n#### ', '\n### ')
  first = next(
    e for e in collection.entries if e.spec.family == handle.spec.family
  )
  if first.spec != handle.spec:
    text = _seldom(text)
  about = card.description(handle, made)
  return page_lib.join(
    page_lib.head(f'{title}, version {handle.number}', about, 'navigation'),
    _trail(entry, page, (handle.spec.name, page)),
    f'# {title}',
    f'```text\n{handle}\n```',
    about,
    *_tabs(handle, entry, collection, page),
    _facts(entry),
    _download(handle, entry, collection, page),
    _proof(handle, entry),
    guides.link_mentions(text, page),
    _neighbours(handle, entry, collection, page),
  )


def render_conversion(
  conversion: formats.Conversion,
  entry: entries_lib.Entry,
  collection: collection_lib.Collection,
) -> str:
  """The page of a converted file."""
  page = entries_lib.page(conversion)
  kind = conversion.kind.title
  title = f'{entries_lib.title(conversion.spec)}: {entry.task}, {kind}'
  made = entry.made[str(conversion)]
  text = card_conversion.render(
    conversion, made, _speed(conversion, entry, collection)
  )
  about = f'{title}: how to use the file, and what was proven of it.'
  steps = (
    (f'{conversion.origin}', entries_lib.page(conversion.origin)),
    (conversion.file, page),
  )
  proven = markdown.bullets(evidence.sentences(made))
  _, _, body = text.partition('\n')
  return page_lib.join(
    page_lib.head(title, about, 'navigation'),
    _trail(entry, page, *steps),
    f'# {title}',
    body.strip(),
    markdown.section('What was proven', proven) if proven else '',
  )


def render_all(collection: collection_lib.Collection) -> dict[str, str]:
  """The pages of all handles, and of what they were converted to."""
  pages = {}
  for entry in collection.entries:
    for handle in entry.handles:
      pages[entries_lib.page(handle)] = render(handle, entry, collection)
    for conversion in entry.conversions:
      text = render_conversion(conversion, entry, collection)
      pages[entries_lib.page(conversion)] = text
  return pages
