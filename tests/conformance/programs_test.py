"""The page on programs names the packages that the tests run."""

import re

from tests import source_tree
from tests.conformance import programs
from tests.consumers import environments

_PAGE = (source_tree.ROOT / 'docs/programs.md').read_text('utf-8')
_ALL = {
  environment.name: environment
  for environment in vars(programs).values()
  if isinstance(environment, environments.Environment)
}
_PACKAGE = re.compile(r'([\w-]+)(?:\[\w+\])?==([\d.]+?)(?:\.\*)?$')


def _pinned(environment):
  found = map(_PACKAGE.match, environment.requirements)
  return {match[1]: match[2] for match in found if match}


def _is_named(environment, cells):
  """Whether a row names the packages that matter, and the Python."""
  _, package, others, _ = cells
  pinned = _pinned(environment)
  name, _, version = package.partition(' ')
  tensorflow = pinned.get('tensorflow')
  return (
    pinned.get(name) == version
    and f'Python {environment.python}' in others
    and (tensorflow is None or f'TensorFlow {tensorflow},' in others)
  )


def _rows():
  """The cells of each row of the table."""
  return [
    line.strip('| ').split(' | ')
    for line in _PAGE.splitlines()
    if line.startswith('| `')
  ]


def test_each_program_has_a_row_and_each_row_a_program():
  rows = _rows()
  assert len(rows) == len(_ALL) > 0
  for environment in _ALL.values():
    matching = [cells for cells in rows if _is_named(environment, cells)]
    assert len(matching) == 1, environment.name


def test_nothing_but_a_pinned_package_is_run():
  for environment in _ALL.values():
    assert _pinned(environment), environment.name
