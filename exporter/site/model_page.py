"""Makes the pages of handles and of converted files, around their cards."""

import functools

from exporter import cards
from exporter import formats
from exporter import how_to
from exporter import markdown
from exporter.site import choice
from exporter.site import citation
from exporter.site import entries
from exporter.site import guides
from exporter.site import key_figures
from exporter.site import page as page_lib
from exporter.site import sections
from exporter.site import try_it
import model_specs
from model_specs import aliases
from model_specs import kinds

_NUMBERS = ('Top-1, %', 'MACs, M', 'Parameters, M', 'Image, px')


def _links(site_pages: set[str], page: str) -> cards.Links:
  """How a card on a page mentions models and guides: by links if it can."""

  def link(other: model_specs.Handle) -> str:
    target = entries.page(other)
    if target not in site_pages:
      return f'`{other}`'
    return f'[`{other}`]({page_lib.path(page, target)})'

  return cards.Links(link, functools.partial(guides.mention, page=page))


def _files(
  handle: model_specs.Handle, entry: entries.Entry
) -> list[tuple[model_specs.Handle, str]]:
  """The artifact and the converted files of a version, and their formats."""
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
  collection: entries.Collection,
  page: str,
) -> str:
  """The section with the files of a version, or with a command to make one."""
  offered = sections.files(_files(handle, entry), entry, collection, page)
  if offered:
    return offered
  if str(handle) in entry.made:
    return markdown.section(
      'Get it',
      'This page tells of an export whose files are not part of this site.',
      *sections.beside(handle, collection),
    )
  flags, checkpoint = ['--fetch'], 'the published checkpoint'
  if handle.spec.own:
    flags, checkpoint = [], 'the checkpoint that the spec file FILE names'
  command = how_to.export(handle, *flags, '--output_dir=exports')
  return markdown.section(
    'Get it',
    f'No file comes with this page. This makes one, of {checkpoint}, and '
    'proves it:',
    f'```sh\n{command}\n```',
  )


def _use(handle: model_specs.Handle, entry: entries.Entry) -> str:
  """The section with the shortest code for each way to use a version."""
  ways = cards.shortest_code(handle)
  converted = [conversion for conversion, _ in _files(handle, entry)[1:]]
  # One of each group is enough here, the most exact; the others have pages of
  # their own.
  for conversion in sorted(converted, key=lambda each: each.kind.error):
    group = kinds.label(conversion.kind.group)
    format_ = formats.of(conversion)
    if group not in ways and isinstance(format_, formats.ConvertedFile):
      code = [b for b in format_.usage(conversion) if b.startswith('```')]
      ways |= {group: code[-1]} if code else {}
  if serving := cards.serving_code(handle):
    ways['TensorFlow Serving'] = serving
  # Search finds the same code among the sections of the card.
  return markdown.section(
    'Use it { data-search-exclude }', page_lib.folds(ways)
  )


def _try_it(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: entries.Collection,
  page: str,
) -> str:
  """The section that runs the model, if it is exported for that."""
  runnable = [
    conversion
    for conversion, _ in _files(handle, entry)
    if str(conversion) in collection.in_page
  ]
  if not runnable:
    return ''
  most_exact = min(runnable, key=lambda each: each.kind.error)
  return try_it.section(collection.in_page[str(most_exact)], page)


def _version(handle: model_specs.Handle) -> str:
  return f'Version {handle.number}: {handle.kind.title}'


def _tabs(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: entries.Collection,
  page: str,
) -> tuple[str, ...]:
  """Links to the same model for other tasks and in other versions."""
  tasks = [
    (other.task, entries.page(_nearest(other, handle)))
    for other in collection.entries
    if (other.spec, other.newest.publisher) == (handle.spec, handle.publisher)
  ]
  versions = [(_version(h), entries.page(h)) for h in entry.handles]
  return (
    page_lib.tabs(page, 'Tasks', tasks),
    page_lib.tabs(page, 'Versions', versions),
  )


def _nearest(
  entry: entries.Entry, handle: model_specs.Handle
) -> model_specs.Handle:
  """The handle of an entry in the version of another, or else its newest."""
  same = [h for h in entry.handles if h.number == handle.number]
  return (*same, entry.newest)[0]


def _neighbours(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: entries.Collection,
  page: str,
) -> str:
  """A table of models that a reader of this page may want instead."""
  # Accuracies on other data sets say nothing beside this one.
  others = [
    each
    for each in collection.entries
    if each.newest.task == handle.task
    and each.spec.collection == handle.spec.collection
  ]
  # Where several publishers offer a model, the link is to the same publisher.
  others.sort(key=lambda other: other.newest.publisher != handle.publisher)
  pages: dict[model_specs.ModelSpec, str] = {}
  for other in others:
    pages.setdefault(other.spec, entries.page(_nearest(other, handle)))
  neighbours = choice.neighbours(entry.spec, list(pages))
  if not neighbours:
    return ''
  rows = []
  for model in (entry.spec, *neighbours):
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


def _is_first(entry: entries.Entry, collection: entries.Collection) -> bool:
  """Whether the entry is of the first model of its family.

  The cards in a family are much alike, so search finds those of the first only.
  """
  first = next(e for e in collection.entries if e.family == entry.family)
  return first.spec == entry.spec


def _names(handle: model_specs.Handle) -> tuple[str, ...]:
  """All names by which people may search for a handle."""
  model = handle.spec
  others = [namesake.name for namesake in aliases.namesakes(model)]
  if not model.own:
    others.append(model.checkpoint_name)
  return (*aliases.of(handle), *others)


def _render(
  handle: model_specs.Handle,
  entry: entries.Entry,
  collection: entries.Collection,
) -> str:
  """The page of a handle."""
  page = entries.page(handle)
  title = f'{entries.title(handle.spec)}: {entry.task}'
  card = cards.model_card(
    handle,
    entry.made.get(str(handle)),
    entry.measured.get(str(handle)),
    _links(collection.pages, page),
  )
  return page_lib.join(
    page_lib.head(
      f'{title}, version {handle.number}',
      markdown.plain(card.summary),
      'navigation',
      boost=2 if handle == entry.newest else 1,
      names=_names(handle),
    ),
    sections.trail(entry, page, (handle.spec.name, page)),
    f'# {title}',
    f'```text\n{handle}\n```',
    card.summary,
    *_tabs(handle, entry, collection, page),
    key_figures.render(handle, entry),
    _get(handle, entry, collection, page),
    _try_it(handle, entry, collection, page),
    _use(handle, entry),
    sections.proof(handle, entry),
    *sections.of_card(card, _is_first(entry, collection)),
    _neighbours(handle, entry, collection, page),
    citation.section(handle.spec.family),
  )


def _render_conversion(
  conversion: model_specs.Handle,
  entry: entries.Entry,
  collection: entries.Collection,
) -> str:
  """The page of a converted file."""
  page = entries.page(conversion)
  kind = conversion.kind.title
  title = f'{entries.title(conversion.spec)}: {entry.task}, {kind}'
  about = f'{title}: how to use the file, and what was proven of it.'
  card = formats.describe(
    conversion,
    entry.made[str(conversion)],
    entry.measured.get(str(conversion)),
  )
  steps = (
    (f'{conversion.origin}', entries.page(conversion.origin)),
    (conversion.kind.file, page),
  )
  offered = sections.files([(conversion, kind)], entry, collection, page)
  return page_lib.join(
    page_lib.head(title, about, 'navigation'),
    sections.trail(entry, page, *steps),
    f'# {title}',
    card.summary,
    *card.notes,
    offered or '\n\n'.join(sections.beside(conversion, collection)),
    sections.proof(conversion, entry),
    *sections.of_card(card),
  )


def render_all(collection: entries.Collection) -> dict[str, str]:
  """The text of the page of each handle and converted file, by its path."""
  pages = {}
  for entry in collection.entries:
    for handle in entry.handles:
      pages[entries.page(handle)] = _render(handle, entry, collection)
    for conversion in entry.conversions:
      text = _render_conversion(conversion, entry, collection)
      pages[entries.page(conversion)] = text
  return pages
