"""Makes the page of the catalogue, and the page of each publisher."""

from exporter import cards
from exporter import markdown
from exporter.site import choice
from exporter.site import entries
from exporter.site import page as page_lib
import model_specs

TITLE = 'Catalogue'
_NUMBERS = ('Models', 'Image, px', 'MACs, M', 'Top-1, %')


def _span(values: list[float]) -> str:
  """The range of some values, for a cell; empty if there are none."""
  if not values:
    return ''
  low, high = min(values), max(values)
  return f'{low}' if low == high else f'{low} to {high}'


def _row(
  collection: entries.Collection, family: model_specs.Family
) -> list[str]:
  models = [e.spec for e in collection.models() if e.family == family]
  path = page_lib.path(page_lib.CATALOGUE, page_lib.family(family.network))
  costs = [cost for m in models if (cost := choice.macs(m)) is not None]
  ranks = [rank for m in models if (rank := choice.top1(m))]
  return [
    f'[{family.title}]({path})',
    f'{family.paper.year}',
    f'{len(models)}',
    _span([m.size for m in models]),
    _span(costs),
    _span(ranks),
  ]


def render(collection: entries.Collection) -> str:
  """The page that leads to every family and every publisher."""
  about = 'All families of models, and the handles of each publisher.'
  header = ('Family', 'Year', *_NUMBERS)
  rows = [_row(collection, family) for family in collection.families()]
  publishers = [
    f'[`{name}`]({page_lib.publisher(name)}): every model with all its pages'
    for name in _publishers(collection)
  ]
  return page_lib.join(
    page_lib.head(TITLE, about),
    f'# {TITLE}',
    markdown.section(
      'Families', markdown.table(header, rows, numbers=header[1:])
    ),
    markdown.section('Publishers', markdown.bullets(publishers)),
  )


def _publishers(collection: entries.Collection) -> list[str]:
  return list(dict.fromkeys(e.newest.publisher for e in collection.entries))


def render_publishers(collection: entries.Collection) -> dict[str, str]:
  """The text of each publisher's page, by the path that its cards link to."""
  pages = {}
  for name in _publishers(collection):
    page = page_lib.publisher(name)
    handles = [
      handle
      for entry in collection.entries
      if entry.newest.publisher == name
      for handle in reversed(entry.handles)
    ]
    about = f'Every model of the publisher {name}, with all its pages.'
    pages[page] = page_lib.join(
      page_lib.head(f'Publisher {name}', about),
      page_lib.trail(page, (f'Publisher {name}', page)),
      cards.publisher_page(name, handles),
    )
  return pages
