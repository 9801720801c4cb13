"""Makes the page that helps to choose a model, from the figures of all."""

from collections.abc import Sequence
import urllib.parse

from exporter import cards
from exporter import elements
from exporter import markdown
from exporter.site import choice
from exporter.site import entries
from exporter.site import page
from exporter.site import table
import model_specs
from model_specs import versions

TITLE = 'Which model should I pick?'
# The rows of the tables: budgets in millions of MACs, millions of parameters
# and milliseconds, and accuracies in percent.
_MACS = (10, 20, 50, 100, 200, 300, 600, 2000, 6000, 15000, 30000)
_PARAMS = (0.5, 1, 2, 3, 4, 6, 12, 25, 60, 90)
_MS = (5, 10, 20, 30, 50, 100)
_ACCURACY = (45, 50, 55, 60, 65, 70, 75, 78, 80, 82)
_BEST = 5  # How many of the most accurate models are listed.
_NUMBERS = ('Top-1, %', 'MACs, M', 'Parameters, M', 'Pixel 1, ms')


class _Answers:
  """Makes rows of tables, each of which names a model and links to its page."""

  def __init__(self, collection: entries.Collection):
    self._pages: dict[model_specs.ModelSpec, str] = {}
    for entry in collection.models():
      # Accuracies on other pictures do not compare.
      is_ranked = entry.spec.figures.top1_percent is not None
      if is_ranked and entry.spec.is_of_imagenet:
        self._pages.setdefault(entry.spec, entry.page)
    self.models = list(self._pages)

  def row(self, question: str, model: model_specs.ModelSpec) -> tuple[str, ...]:
    """A row with a question and the model that answers it."""
    figures = model.figures
    numbers = (
      figures.top1_percent,
      figures.macs_millions,
      figures.params_millions,
      figures.pixel1_ms,
    )
    path = page.path(page.CHOICE, self._pages[model])
    name = f'[{entries.title(model)}]({path})'
    return (question, name, *map(cards.figure, numbers))


def _table(first: str, rows: Sequence[Sequence[str]]) -> str:
  return markdown.table((first, 'Model', *_NUMBERS), rows, numbers=_NUMBERS)


def _budget(
  answers: _Answers, cost: choice.Cost, budgets: Sequence[float], unit: str
) -> list[tuple[str, ...]]:
  """Rows of the most accurate model for each budget, without repetitions."""
  rows, last = [], None
  for budget in budgets:
    model = choice.within(answers.models, cost, budget)
    if model and model != last:
      rows.append(answers.row(f'{budget:g} {unit}', model))
      last = model
  return rows


def _wanted(answers: _Answers) -> list[tuple[str, ...]]:
  """Rows of the cheapest model for each accuracy, without repetitions."""
  rows, last = [], None
  cheapest = choice.frontier(answers.models, choice.macs)
  for percent in _ACCURACY:
    model = next((m for m in cheapest if choice.top1(m) >= percent), None)
    if model and model != last:
      rows.append(answers.row(f'{percent} %', model))
      last = model
  return rows


def _best(answers: _Answers) -> list[tuple[str, ...]]:
  models = sorted(answers.models, key=choice.top1, reverse=True)[:_BEST]
  return [answers.row(f'{place}', m) for place, m in enumerate(models, 1)]


def _filter(text: str, **state: str) -> str:
  """A link to the table of the first page with some filters set."""
  query = urllib.parse.urlencode(state)
  return f'[{text}]({page.HOME}?{query}#models)'


def _form() -> str:
  """A form that leads to the filtered table of the first page.

  It is plain HTML and works without a script.
  """
  hidden = {
    'task': versions.CLASSIFICATION,
    'sort': 'top1',
    'order': 'down',
  }
  kept = [
    elements.element('input', {'type': 'hidden', 'name': k, 'value': v})
    for k, v in hidden.items()
  ]
  show = elements.element('button', {'type': 'submit'}, 'Show the best')
  target = elements.link(page.CHOICE, page.HOME, '#models')
  about = {'class': 'filters', 'action': target, 'aria-label': 'Budget'}
  return elements.render(
    elements.element('form', about, *kept, *table.budgets(), show)
  )


def render(collection: entries.Collection) -> str:
  """The text of the page."""
  answers = _Answers(collection)
  about = (
    'The best model for a budget of multiply-adds, parameters or time, and '
    'the cheapest for an accuracy, computed from the figures of each.'
  )
  by_top1 = {'task': versions.CLASSIFICATION, 'sort': 'top1', 'order': 'down'}
  links = (
    _filter('All classifiers, the most accurate first', **by_top1),
    _filter(
      'At most 100 million MACs, the most accurate first',
      max_macs='100',
      **by_top1,
    ),
    _filter(
      'Feature vectors of at least 70 % top-1, the cheapest first',
      task=versions.FEATURE_VECTOR,
      min_top1='70',
      sort='macs',
      order='up',
    ),
  )
  macs = _budget(answers, choice.macs, _MACS, 'million')
  params = _budget(answers, choice.params, _PARAMS, 'million')
  times = _budget(answers, choice.pixel1, _MS, 'ms')
  return page.join(
    page.head(TITLE, about, 'navigation'),
    f'# {TITLE}',
    markdown.paragraph(
      'The tables are computed from the figures that the authors published, '
      'and from multiply-adds and parameters that were counted in the network '
      'where they published none. Each row names the one model that no other '
      'beats there.'
    ),
    markdown.section(
      'What do I want to do?',
      markdown.bullets(
        (
          '**Tell the 1000 classes of ImageNet apart:** take a '
          '*classification* handle.',
          '**Tell classes of my own apart:** take the *feature vector* of the '
          'same model, and train a layer on it: '
          f'[first the head, then everything]({page.GUIDES}/'
          'using_with_keras3.md).',
          '**Run it on a phone:** any model that has a version 5, as '
          f'[LiteRT]({page.GUIDES}/deploy.md#on-a-phone): `float16` is nearest '
          'to the original, `dynamic` and `int8` have half its size.',
          '**Run it on a web page:** any model that has a version 5, as '
          f'[TensorFlow.js]({page.GUIDES}/deploy.md#in-web-pages) or ONNX; of '
          'TensorFlow.js, `uint8` is the smallest.',
          '**Load it in `hub.Module`:** version 3, which MobileNet V3 does not '
          'have. All else loads version 5, which models for 8 bits do not '
          f'have; [all clients]({page.CLIENTS}).',
        )
      ),
    ),
    markdown.section(
      'All at once',
      'Every classifier that fits, the most accurate first:',
      _form(),
    ),
    markdown.section(
      'I have a budget of multiply-adds',
      'They decide the time on most machines. The most accurate model that '
      'needs no more for one image:',
      _table('At most', macs),
    ),
    markdown.section(
      'I know how accurate it must be',
      'The model of the fewest multiply-adds that is at least as accurate:',
      _table('Top-1 at least', _wanted(answers)),
    ),
    markdown.section(
      'The download must be small',
      'In float32, a million parameters are 4 MB; in int8, 1 MB. The most '
      'accurate model of at most so many:',
      _table('At most', params),
    ),
    markdown.section(
      'It must be fast on a phone',
      'The most accurate model by the time for one image on the big core of a '
      'Pixel 1, where the authors measured it:',
      _table('At most', times),
    ),
    markdown.section(
      'I want accuracy, whatever it costs',
      'The most accurate of all:',
      _table('Rank', _best(answers)),
    ),
    markdown.section(
      'Let me look for myself',
      'The table of the first page filters and sorts, and keeps what you chose '
      'in its address:',
      markdown.bullets(links),
    ),
  )
