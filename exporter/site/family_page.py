"""Makes the page of a family, which compares its variants."""

from exporter import cards
from exporter import elements
from exporter import markdown
from exporter.site import chart
from exporter.site import choice
from exporter.site import entries as entries_lib
from exporter.site import page as page_lib
import model_specs
from model_specs import versions

_NUMBERS = (
  'Multiplier',
  'Image, px',
  'MACs, M',
  'Parameters, M',
  'Top-1, %',
  'Top-5, %',
  'Pixel 1, ms',
)


def _row(
  model: model_specs.ModelSpec, entries: list[entries_lib.Entry], page: str
) -> tuple[str, ...]:
  figures = model.figures
  numbers = (
    model.multiplier,
    model.size,
    figures.macs_millions,
    figures.params_millions,
    figures.top1_percent,
    figures.top5_percent,
    figures.pixel1_ms,
  )
  links = {
    entry.newest.task: page_lib.path(page, entry.page) for entry in entries
  }
  name, features = entries_lib.name(model), ''
  if versions.CLASSIFICATION in links:
    name = f'[{name}]({links[versions.CLASSIFICATION]})'
  if versions.FEATURE_VECTOR in links:
    features = (
      f'[{model.num_features} numbers]({links[versions.FEATURE_VECTOR]})'
    )
  return (name, *map(cards.figure, numbers), features)


def _chart(
  collection: entries_lib.Collection, family: model_specs.Family
) -> str:
  """A chart with the family among the others; empty without an accuracy."""
  page = page_lib.family(family.network)
  families, models = collection.families(), collection.models()
  if not any(choice.top1(m.spec) for m in models if m.family == family):
    return ''
  drawn = [
    chart.draw(models, families, page, shape, family)
    for shape in (chart.WIDE, chart.NARROW)
  ]
  about = f'{family.title} among all models: top-1 accuracy in percent.'
  caption = elements.element('figcaption', None, about)
  figure = {'class': 'chart-box'}
  return elements.render(elements.element('figure', figure, *drawn, caption))


def _published(family: model_specs.Family) -> str:
  numbers = ', '.join(map(str, family.versions))
  size = (
    'From version 3 on, it takes images of other sizes, too.'
    if family.variable_size
    else 'Each variant takes images of its own size only.'
  )
  return markdown.paragraph(f'Published versions: {numbers}. {size}')


def render(
  collection: entries_lib.Collection, family: model_specs.Family
) -> str:
  """The text of the page."""
  page = page_lib.family(family.network)
  variants: dict[model_specs.ModelSpec, list[entries_lib.Entry]] = {}
  for entry in collection.entries:
    if entry.family == family:
      variants.setdefault(entry.spec, []).append(entry)
  count = len(variants)
  about = (
    f'{family.title}: {count} variants side by side, with accuracy, '
    'multiply-adds and parameters.'
    if count > 1
    else f'{family.title}: its accuracy, its handles and its paper.'
  )
  rows = [_row(model, those, page) for model, those in variants.items()]
  return page_lib.join(
    page_lib.head(family.title, about, 'toc'),
    page_lib.trail(page, (family.title, page)),
    f'# {family.title}',
    markdown.bullets([cards.paper(family)]),
    markdown.paragraph(*family.notes) if family.notes else '',
    _published(family),
    markdown.section(
      'Variants' if count > 1 else 'The model',
      markdown.table(
        ('Model', *_NUMBERS, 'Feature vector'), rows, numbers=_NUMBERS
      ),
    ),
    '## Among the others' if count else '',
    _chart(collection, family),
  )
