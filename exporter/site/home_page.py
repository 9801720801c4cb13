"""Makes the first page: a chart and a table of all models."""

import string

from exporter import cards
from exporter import elements
from exporter.site import chart
from exporter.site import entries
from exporter.site import page
from exporter.site import table
from model_specs import kinds

_ABOUT = (
  "TF-Slim's image networks as TensorFlow modules that load and fine-tune in "
  'TensorFlow $releases, each proven against its original.'
)
_COMMAND = """
pip install .    # In a clone of slimhub, with Python 3.10 to 3.13.
slimhub export mobilenet_v2_100_224 --fetch --output_dir=exports
"""


def _about() -> str:
  """The sentence on slimhub, with the releases of TensorFlow that work."""
  results = [
    r
    for r in cards.load_clients()
    if r.works and kinds.get(r.format).is_convertible
  ]
  return string.Template(_ABOUT).substitute(
    releases=cards.clients_tensorflow(results)
  )


def _hero(collection: entries.Collection) -> str:
  """The top of the page: what slimhub is, where to go on, and numbers."""
  cell = elements.element
  models = collection.models()
  numbers = [
    (f'{len(models)}', 'models'),
    (f'{len(collection.entries)}', 'handles'),
    (f'{len(collection.families())}', 'families'),
  ]
  if collection.files:
    numbers.append((f'{len(collection.files)}', 'files to download'))
  facts = [
    cell('div', None, cell('dt', None, what), cell('dd', None, number))
    for number, what in numbers
  ]
  choose = elements.link(page.HOME, page.CHOICE)
  return elements.render(
    cell(
      'div',
      {'class': 'hero'},
      cell('h1', None, 'Image models, proven'),
      cell('p', {'class': 'hero-about'}, _about()),
      cell(
        'p',
        {'class': 'hero-ways'},
        cell(
          'a',
          {'class': 'md-button md-button--primary', 'href': choose},
          'Which model should I pick?',
        ),
        cell('a', {'class': 'md-button', 'href': '#models'}, 'All models'),
      ),
      cell('dl', {'class': 'facts'}, *facts),
    )
  )


def _chart(collection: entries.Collection) -> str:
  families, models = collection.families(), collection.models()
  links = [
    elements.link(page.HOME, page.family(family.network)) for family in families
  ]
  drawn = [
    chart.draw(models, families, page.HOME, shape)
    for shape in (chart.WIDE, chart.NARROW)
  ]
  about = (
    'Top-1 accuracy in percent. The line joins the models that no other '
    'beats: whatever is as cheap is less accurate. The table below says the '
    'same in numbers.'
  )
  over = elements.element(
    'a', {'class': 'chart-skip', 'href': '#models'}, 'Skip the chart'
  )
  return elements.render(
    elements.element(
      'figure',
      {'class': 'chart-box'},
      over,
      *drawn,
      chart.legend(families, links),
      elements.element('figcaption', None, about),
    )
  )


def render(collection: entries.Collection) -> str:
  """The text of the page."""
  about = _about()
  return page.join(
    page.head('Models', about, 'navigation', 'toc'),
    _hero(collection),
    f'```sh\n{_COMMAND.strip()}\n```',
    '## Accuracy and cost',
    _chart(collection),
    '## All models { #models }',
    elements.render(table.draw(collection.entries, page.HOME)),
  )
