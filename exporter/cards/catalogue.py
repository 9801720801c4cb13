"""Makes pages that list many models: catalogues and pages of publishers."""

from collections.abc import Callable
from collections.abc import Iterable
import re

from exporter import markdown
from exporter.cards import card
from exporter.cards import record
import model_specs
from model_specs import kinds
from model_specs import versions

_NUMBERS = ('Size', 'MACs (M)', 'Parameters (M)', 'Top-1 (%)', 'Top-5 (%)')
_FIGURES = (
  'Sizes are in pixels. The other figures are those of the classifier: MACs '
  'are the multiply-adds for one image, accuracy is that of a single crop on '
  "ImageNet's validation images. Where the authors published no MACs and no "
  'parameters, they were counted in the network.'
)
_RULE = '---------'


def _title(handle: model_specs.Handle) -> str:
  """The heading of a module; the page of a family is sorted by it."""
  model = handle.spec
  return f'{model.collection}-{model.name}-{handle.task}@v{handle.number}'


def _anchor(heading: str) -> str:
  """The anchor that renderers of Markdown give to a heading."""
  return re.sub(r'[^\w -]', '', heading.lower()).replace(' ', '-')


def figure(value: float | None) -> str:
  """A published figure as the cell of a table; empty if there is none."""
  return '' if value is None else f'{value}'


def _numbers(model: model_specs.ModelSpec) -> tuple[str, ...]:
  figures = model.figures
  return (
    f'{model.size}',
    figure(figures.macs_millions),
    figure(figures.params_millions),
    figure(figures.top1_percent),
    figure(figures.top5_percent),
  )


def _index(headings: dict[model_specs.Handle, str]) -> str:
  """A table of all modules, which links to their sections further down."""
  rows = [
    (f'[{heading}](#{_anchor(heading)})', *_numbers(handle.spec))
    for handle, heading in headings.items()
  ]
  return markdown.table(('Module', *_NUMBERS), rows, numbers=_NUMBERS)


def _links_from(
  headings: dict[model_specs.Handle, str], cards: str
) -> record.Links:
  """Links to sections of the page where there are some, else to cards."""

  def link(other: model_specs.Handle) -> str:
    if other in headings:
      return f'[`{other}`](#{_anchor(headings[other])})'
    return f'[`{other}`]({cards}/{other}.md)'

  return record.Links(link)


def _entry(
  handle: model_specs.Handle, heading: str, links: record.Links, url: str
) -> str:
  """The section of a module: its whole card, below a link to that."""
  number, title = heading.split(' ', 1)
  sections = [
    section.to_markdown()
    for section in card.model_card(handle, links=links).sections
  ]
  head = f'# {number} [{title}]({url}/{handle}.md)'
  return '\n\n'.join((head, *sections))


def render(
  family: model_specs.Family,
  number: int,
  cards: str,
) -> str:
  """All modules of one version of a family, on one page.

  Args:
    family: The family whose modules are listed.
    number: The version that is listed; a current one, as only those have cards.
    cards: The relative URL from the page to the documentation tree.
  """
  handles = [
    handle
    for handle in model_specs.find(f'*/*/{number}')
    if handle.spec.family == family
  ]
  handles.sort(key=_title)
  headings = {
    handle: f'{place}. {_title(handle)}'
    for place, handle in enumerate(handles, start=1)
  }
  links = _links_from(headings, cards)
  head = markdown.paragraph(
    f'All {len(handles)} {family.title} modules of version {number}, sorted '
    'by name.',
    _FIGURES,
  )
  entries = [
    _entry(handle, heading, links, cards)
    for handle, heading in headings.items()
  ]
  pages = (f'{head}\n\n{_index(headings)}', *entries)
  return f'\n\n{_RULE}\n'.join(pages) + '\n'


def _versions(handles: Iterable[model_specs.Handle], task: str) -> str:
  """Links to the versions of one model for one task."""
  return ', '.join(
    f'[{handle.number}]({handle.spec.collection}/{handle.spec.name}/{task}/'
    f'{handle.number}.md)'
    for handle in handles
    if handle.task == task
  )


def _grouped(
  handles: Iterable[model_specs.Handle],
  key: Callable[[model_specs.Handle], str],
) -> dict[str, list[model_specs.Handle]]:
  groups: dict[str, list[model_specs.Handle]] = {}
  for handle in handles:
    groups.setdefault(key(handle), []).append(handle)
  return groups


def _named(handle: model_specs.Handle) -> str:
  """The name of a model on the page of its publisher.

  Several collections may have own models of one name, so an own model is shown
  with its collection.
  """
  model = handle.spec
  return f'{model.collection}/{model.name}' if model.own else model.name


def _family(title: str, handles: list[model_specs.Handle]) -> str:
  rows = [
    (
      f'`{name}`',
      *_numbers(group[0].spec),
      *(_versions(group, task) for task in versions.TASKS),
    )
    for name, group in _grouped(handles, _named).items()
  ]
  header = ('Model', *_NUMBERS, 'Classification', 'Feature vector')
  return markdown.section(title, markdown.table(header, rows, _NUMBERS))


def _own_explanation() -> str:
  return markdown.paragraph(
    'The last two columns link to the card of each version. Sizes are in '
    'pixels; accuracy is what the publisher of a model measured.'
  )


def _explanation() -> str:
  formats = ' and '.join(
    f'version {n} is a {kinds.get(versions.BY_NUMBER[n].format).title}'
    for n in versions.CURRENT
  )
  return markdown.paragraph(
    'Every model comes as a classifier and as a feature vector. The last two '
    f'columns link to the card of each version: {formats}.',
    _FIGURES,
  )


def publisher_page(
  publisher: str, handles: Iterable[model_specs.Handle]
) -> str:
  """The page of a publisher, which links to the cards of its models."""
  families = _grouped(handles, lambda handle: handle.spec.family.title)
  has_own = any(h.spec.own for group in families.values() for h in group)
  trained = '' if has_own else 'trained on ImageNet, '
  head = (
    f'# Publisher {publisher}\n'
    f'Image networks of TF-Slim, {trained}as TensorFlow models.'
  )
  explained = _own_explanation() if has_own else _explanation()
  blocks = (
    head,
    markdown.section('Models', explained),
    *(_family(title, group) for title, group in families.items()),
  )
  return '\n\n'.join(blocks) + '\n'
