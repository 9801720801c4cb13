"""The page of one handle: the card, and the way to everything beside it."""

import re

from exporter import cards
from exporter import elements
from exporter import markdown
from exporter.site import choice
from exporter.site import collection as collection_lib
from exporter.site import conversion_page
from exporter.site import entries
from exporter.site import guides
from exporter.site import page as page_lib
from exporter.site import sections
import model_specs

_SECTION = re.compile(r'^## .+$', re.MULTILINE)
_NUMBERS = ('Top-1, %', 'MACs, M', 'Parameters, M', 'Image, px')


def _link(site_pages: set[str], page: str) -> cards.Link:
  def link(other: model_specs.Handle) -> str:
    target = entries.page(other)
    if target not in site_pages:
      return f'`{other}`'
    return f'[`{other}`]({page_lib.path(page, target)})'

  return link


def _names(
  handle: model_specs.Handle, entry: entries.Entry
) -> list[tuple[model_specs.Handle, str]]:
  """What can be had of a version -> how people call it."""
  named = [(handle, handle.kind.title)]
  named += [
    (conversion, conversion.kind.title)
    for conversion in entry.conversions
    if conversion.origin == handle
  ]
  return named


def _get(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> str:
  """The files of a version, or how to make them."""
  offered = sections.files(_names(handle, entry), entry, collection, page)
  if offered:
    return offered
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


def _facts(entry: entries.Entry) -> str:
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


def _version(handle: model_specs.Handle) -> str:
  return f'Version {handle.number}: {handle.kind.title}'


def _tabs(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> tuple[str, ...]:
  tasks = [
    (other.task, entries.page(_nearest(other, handle)))
    for other in collection.entries
    if (other.spec, other.newest.publisher) == (handle.spec, handle.publisher)
  ]
  known = [(_version(h), entries.page(h)) for h in entry.handles]
  return (
    page_lib.tabs(page, 'Tasks', tasks),
    page_lib.tabs(page, 'Versions', known),
  )


def _nearest(
  entry: entries.Entry, handle: model_specs.Handle
) -> model_specs.Handle:
  """The handle of this version, if there is one."""
  same = [h for h in entry.handles if h.number == handle.number]
  return (*same, entry.newest)[0]


def _neighbours(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
  page: str,
) -> str:
  """Models that a reader of this page may rather want."""
  others = [e for e in collection.entries if e.newest.task == handle.task]
  # Two publishers may offer one model: a reader stays with this one.
  others.sort(key=lambda other: other.newest.publisher != handle.publisher)
  pages: dict[model_specs.ModelSpec, str] = {}
  for other in others:
    pages.setdefault(other.spec, entries.page(_nearest(other, handle)))
  rows = []
  for model in (entry.spec, *choice.neighbours(entry.spec, list(pages))):
    title = entries.title(model)
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
    rows.append((name, *map(cards.figure, numbers)))
  return markdown.section(
    'Neighbouring models',
    markdown.table(('Model', *_NUMBERS), rows, numbers=_NUMBERS),
    f'[Which model should I pick?]({page_lib.path(page, page_lib.CHOICE)})',
  )


def _seldom(text: str) -> str:
  """Keeps sections from search, where another page says the same."""
  return _SECTION.sub(r'\g<0> { data-search-exclude }', text)


def render(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: collection_lib.Collection,
) -> str:
  """The page of a handle."""
  page = entries.page(handle)
  made = entry.made.get(str(handle))
  title = f'{entries.title(handle.spec)}: {entry.task}'
  link = _link(collection.pages, page)
  text = cards.sections(
    handle, made, link, sections.speed(handle, entry, collection)
  )
  # One step from each heading to the next, as for screen readers.
  text = text.replace('\n#### ', '\n### ')
  first = next(
    e for e in collection.entries if e.spec.family == handle.spec.family
  )
  if first.spec != handle.spec:
    text = _seldom(text)
  about = cards.description(handle, made)
  return page_lib.join(
    page_lib.head(
      f'{title}, version {handle.number}',
      about,
      'navigation',
      boost=2 if handle == entry.newest else 1,
    ),
    sections.trail(entry, page, (handle.spec.name, page)),
    f'# {title}',
    f'```text\n{handle}\n```',
    about,
    *_tabs(handle, entry, collection, page),
    _facts(entry),
    _get(handle, entry, collection, page),
    sections.proof(handle, entry),
    guides.link_mentions(text, page),
    _neighbours(handle, entry, collection, page),
  )


def render_all(collection: collection_lib.Collection) -> dict[str, str]:
  """The pages of all handles, and of what they were converted to."""
  pages = {}
  for entry in collection.entries:
    for handle in entry.handles:
      pages[entries.page(handle)] = render(handle, entry, collection)
    for conversion in entry.conversions:
      text = conversion_page.render(conversion, entry, collection)
      pages[entries.page(conversion)] = text
  return pages
