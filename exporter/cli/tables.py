"""Aligned tables, and what is known of handles as a table, JSON or CSV."""

from collections.abc import Iterable
from collections.abc import Sequence
import csv
import io
import itertools
import json

import model_specs
from model_specs import aliases
from model_specs import formats

_COLUMNS = (
  'handle',
  'versions',
  'size',
  'multiplier',
  'features',
  'macs_millions',
  'params_millions',
  'top1_percent',
  'top5_percent',
)

# What stands above columns where there is little room, if not their names.
_SHORT = {
  'multiplier': 'mult.',
  'macs_millions': 'M MACs',
  'params_millions': 'M params',
  'top1_percent': 'top-1',
  'top5_percent': 'top-5',
}

# The columns, of all tables that are printed, that are flush left.
_TEXTS = ('handle', 'versions', 'status', 'class', 'mostly_taken_for')


def _row(handles: Sequence[model_specs.Handle]) -> dict[str, object]:
  """The row of one model and task, with all its versions in one cell."""
  first = handles[0]
  model, figures = first.spec, first.spec.figures
  return {
    'handle': first.folder,
    'versions': [handle.number for handle in handles],
    'size': model.size,
    'multiplier': model.multiplier,
    'features': model.num_features,
    'macs_millions': figures.macs_millions,
    'params_millions': figures.params_millions,
    'top1_percent': figures.top1_percent,
    'top5_percent': figures.top5_percent,
  }


def _cell(value: object) -> str:
  if isinstance(value, list):
    return ','.join(map(str, value))
  return '' if value is None else str(value)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
  """An aligned table: texts are flush left, numbers flush right."""
  lines = [list(columns), *map(list, rows)]
  widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
  is_text = [column in _TEXTS for column in columns]
  return '\n'.join(
    '  '.join(
      cell.ljust(width) if text else cell.rjust(width)
      for cell, width, text in zip(line, widths, is_text, strict=True)
    ).rstrip()
    for line in lines
  )


def _csv(rows: Iterable[dict[str, object]]) -> str:
  text = io.StringIO()
  writer = csv.writer(text, lineterminator='\n')
  writer.writerow(_COLUMNS)
  writer.writerows([_cell(value) for value in row.values()] for row in rows)
  return text.getvalue().rstrip('\n')


def render(handles: Iterable[model_specs.Handle], form: str) -> str:
  """The handles as 'table', 'json' or 'csv', a row for each model and task."""
  groups = itertools.groupby(handles, lambda handle: handle.folder)
  rows = [_row(list(group)) for _, group in groups]
  if form == 'json':
    return json.dumps(rows, indent=2)
  if form == 'csv':
    return _csv(rows)
  cells = ([_cell(value) for value in row.values()] for row in rows)
  return table([_SHORT.get(column, column) for column in _COLUMNS], cells)


def _conversions(handle: model_specs.Handle) -> str:
  """The words of --formats that a handle can be converted to."""
  if not handle.kind.is_convertible:
    return f'not converted: {handle.kind.label}'
  return ', '.join(kind.word for kind in formats.fitting(handle))


def _known(unit: str, *figures: float | None) -> str:
  texts = [f'{figure} {unit}' for figure in figures if figure is not None]
  return ', '.join(texts) or 'not published'


def _lines(names: Iterable[str]) -> str:
  """A name a line, below each other in the column of values."""
  return f'\n{"":<18}'.join(names)


def describe(handle: model_specs.Handle) -> str:
  """All that is known of one handle, a line for each fact."""
  model, version = handle.spec, handle.version
  figures = model.figures
  size = 'and other sizes' if handle.variable_size else 'fixed'
  multiplier = f', multiplier {model.multiplier}' if model.multiplier else ''
  checkpoint, archive = model.checkpoint, model.archive_url
  if model.own:
    checkpoint, archive = model.own.checkpoint, model.own.file
  facts = {
    'handle': str(handle),
    'network': f'{model.family.title}{multiplier}',
    'format': version.format,
    'signatures': ', '.join(version.signatures(handle.task)) or 'none',
    'input': f'{model.size} x {model.size} pixels ({size}), values in [0, 1]',
    'output': f'{handle.num_outputs} values',
    'endpoints': str(len(handle.endpoints)),
    'momentum': str(version.momentum),
    'formats': _conversions(handle),
    'published': ', '.join(map(str, model.promises)),
    'checkpoint': checkpoint or 'none named',
    'spec file' if model.own else 'archive': archive,
    'top-1, top-5': _known('%', figures.top1_percent, figures.top5_percent),
    'MACs, parameters': _known(
      'M', figures.macs_millions, figures.params_millions
    ),
    'paper': f'{model.family.paper.title}, {model.family.paper.url}',
    'license': model.license or 'not stated',
    'also known as': _lines(aliases.of(handle)),
    'same network': _lines(n.name for n in aliases.namesakes(model)) or 'none',
  }
  return '\n'.join(f'{name + ":":<17} {text}' for name, text in facts.items())
