"""Makes the table of all models, which a script filters and sorts."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses

from exporter import elements
from exporter.site import choice
from exporter.site import entries as entries_lib
from model_specs import kinds

_Value = Callable[[entries_lib.Entry], float | None]


@dataclasses.dataclass(frozen=True)
class Column:
  """A column of numbers."""

  key: str  # Its name in URLs, which keep the order of rows.
  title: str
  meaning: str
  value: _Value
  decimals: int


def _figure(name: str) -> _Value:
  """Takes a value from the published figures of a model."""

  def value(entry: entries_lib.Entry) -> float | None:
    figure = getattr(entry.spec.figures, name)
    return None if figure is None else float(figure)

  return value


COLUMNS = (
  Column(
    'top1', 'Top-1 %', 'Top-1 accuracy, percent', _figure('top1_percent'), 1
  ),
  Column(
    'top5', 'Top-5 %', 'Top-5 accuracy, percent', _figure('top5_percent'), 1
  ),
  Column(
    'macs',
    'MACs M',
    'Multiply-adds for one image, million',
    _figure('macs_millions'),
    0,
  ),
  Column(
    'params',
    'Params M',
    'Parameters, million; a feature vector has no last layer',
    lambda entry: entry.params_millions,
    2,
  ),
  Column(
    'pixel1',
    'Pixel 1 ms',
    'Published time for one image on the big core of a Pixel 1',
    _figure('pixel1_ms'),
    1,
  ),
  Column(
    'multiplier', 'Mult.', 'Depth multiplier', lambda e: e.spec.multiplier, 2
  ),
  Column('size', 'px', 'Height and width of images', lambda e: e.spec.size, 0),
  Column(
    'megabytes',
    'MB',
    'Size of the newest export, megabytes',
    lambda e: e.megabytes,
    1,
  ),
  Column(
    'latency',
    'ms here',
    'Time for one image, by `slimhub benchmark`',
    lambda e: e.latency_ms,
    2,
  ),
)


def _columns(entries: Sequence[entries_lib.Entry]) -> list[Column]:
  """The columns that are not empty."""
  return [c for c in COLUMNS if any(c.value(e) is not None for e in entries)]


def _number(column: Column, entry: entries_lib.Entry) -> elements.Element:
  value = column.value(entry)
  if value is None:
    return elements.element('td', {'class': 'models-number'})
  about = {'class': 'models-number', 'data-value': f'{value}'}
  return elements.element('td', about, f'{value:.{column.decimals}f}')


def _row(
  entry: entries_lib.Entry, columns: Iterable[Column], page: str
) -> elements.Element:
  cell = elements.element
  link = {'href': elements.link(page, entry.page)}
  attributes = {
    'data-family': entry.family.title,
    'data-task': entry.newest.task,
    'data-formats': ' '.join(entry.formats),
    'data-names': entry.names,
  }
  return cell(
    'tr',
    attributes,
    cell('th', {'scope': 'row'}, cell('a', link, entries_lib.name(entry.spec))),
    cell('td', None, entry.family.title),
    cell('td', None, entry.task),
    *(_number(column, entry) for column in columns),
    cell('td', None, ', '.join(kinds.label(word) for word in entry.formats)),
  )


def _title(key: str, title: str) -> elements.Element:
  about = {'scope': 'col', 'data-key': key}
  return elements.element('th', about, title)


def _head(columns: Iterable[Column]) -> elements.Element:
  numbers = []
  for column in columns:
    about = {'title': column.meaning}
    cell = _title(column.key, '')
    cell.set('class', 'models-number')
    cell.append(elements.element('abbr', about, column.title))
    numbers.append(cell)
  row = elements.element(
    'tr',
    None,
    _title('name', 'Model'),
    _title('family', 'Family'),
    _title('task', 'Task'),
    *numbers,
    _title('formats', 'Formats'),
  )
  return elements.element('thead', None, row)


def _choice(
  key: str, title: str, values: Iterable[tuple[str, str]]
) -> elements.Element:
  options = [
    elements.element('option', {'value': value}, text)
    for value, text in (('', 'all'), *values)
  ]
  select = elements.element('select', {'name': key}, *options)
  return elements.element('label', None, title, select)


def _field(key: str, title: str, kind: str) -> elements.Element:
  about = {'name': key, 'type': kind}
  if kind == 'number':
    about |= {'min': '0', 'step': 'any', 'inputmode': 'decimal'}
  field = elements.element('input', about)
  return elements.element('label', None, title, field)


def budgets() -> list[elements.Element]:
  """The fields for what a model may cost and how accurate it must be."""
  return [
    _field('max_macs', 'MACs at most, M', 'number'),
    _field('max_params', 'Parameters at most, M', 'number'),
    _field('min_top1', 'Top-1 at least, %', 'number'),
  ]


def _form(entries: Sequence[entries_lib.Entry]) -> elements.Element:
  """The form of filters, hidden until the script that they need shows it."""
  families = dict.fromkeys(entry.family.title for entry in entries)
  tasks = dict.fromkeys((entry.newest.task, entry.task) for entry in entries)
  words = dict.fromkeys(word for entry in entries for word in entry.formats)
  multipliers = {entry.spec.multiplier for entry in entries} - {None}
  sizes = {entry.spec.size for entry in entries}
  fields = (
    _field('name', 'Name contains', 'search'),
    _choice('family', 'Family', [(title, title) for title in families]),
    _choice('task', 'Task', tasks),
    _choice('formats', 'Format', [(word, kinds.label(word)) for word in words]),
    _choice(
      'multiplier',
      'Multiplier',
      [(f'{m}', f'{m}') for m in sorted(filter(None, multipliers))],
    ),
    _choice('size', 'Image', [(f'{s}', f'{s} px') for s in sorted(sizes)]),
    *budgets(),
  )
  clear = elements.element('button', {'type': 'reset'}, 'Clear')
  about = {'class': 'filters', 'hidden': '', 'aria-label': 'Filters'}
  return elements.element('form', about, *fields, clear)


def draw(entries: Sequence[entries_lib.Entry], page: str) -> elements.Element:
  """The filters and the table, the cheapest models first.

  Args:
    entries: What the rows are.
    page: The page that shows the table, for the links in it.
  """
  columns = _columns(entries)
  ordered = sorted(entries, key=lambda entry: choice.order(entry.spec))
  rows = [_row(entry, columns, page) for entry in ordered]
  status = {'class': 'models-count', 'role': 'status'}
  count = elements.element('p', status, f'{len(rows)} of {len(rows)}')
  table = elements.element(
    'table',
    {'class': 'models-table', 'aria-label': 'Models'},
    _head(columns),
    elements.element('tbody', None, *rows),
  )
  box = {
    'class': 'models-box',
    'role': 'region',
    'aria-label': 'Table of all models',
    'tabindex': '0',
  }
  boxed = elements.element('div', box, table)
  whole = {'class': 'models', 'data-models': '', 'data-search-exclude': ''}
  return elements.element('div', whole, _form(entries), count, boxed)
