"""The table in docs/matrix.md: one row a stack, replaced when it is tried."""

from collections.abc import Sequence

from tests import source_tree
from tests.matrix import run

PATH = source_tree.ROOT / 'docs/matrix.md'
_START = '| '


def row(name: str, outcome: run.Outcome, date: str) -> tuple[str, ...]:
  """The cells of a stack's row."""
  there = f'{outcome.exported} exported and proven there'
  result = f'{there}, {outcome.verified} proven here'
  return (
    name,
    outcome.python,
    *outcome.versions.values(),
    'failed' if outcome.problem else result,
    date,
  )


def rows() -> list[tuple[str, ...]]:
  """The cells of all rows but the header's."""
  lines = [
    line
    for line in PATH.read_text('utf-8').splitlines()
    if line.startswith(_START)
  ]
  return [tuple(line.strip('| ').split(' | ')) for line in lines[2:]]


def _order(cells: Sequence[str]) -> list[int]:
  """Sorts rows by the numbers of TensorFlow."""
  return [int(part) for part in cells[2].split('.')[:2]]


def write(new: Sequence[str]) -> None:
  """Writes a row to the page, in place of the one of the same stack."""
  lines = PATH.read_text('utf-8').splitlines()
  first = next(i for i, line in enumerate(lines) if line.startswith(_START)) + 2
  kept = [each for each in rows() if each[0] != new[0]]
  wanted = sorted([*kept, tuple(new)], key=_order)
  rest = [line for line in lines[first:] if not line.startswith(_START)]
  table = [f'| {" | ".join(each)} |' for each in wanted]
  PATH.write_text('\n'.join([*lines[:first], *table, *rest]) + '\n', 'utf-8')
