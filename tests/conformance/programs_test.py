"""The page on programs names the packages that the tests run."""

from tests import source_tree
from tests.conformance import programs
from tests.consumers import environments

_PAGE = (source_tree.ROOT / 'docs/programs.md').read_text('utf-8')
_ALL = [
  (name, environment)
  for name, environment in vars(programs).items()
  if isinstance(environment, environments.Environment)
]


def _is_named(name, environment, cells):
  """Whether a row is of a program and names its packages and the Python."""
  program, package, others, _ = cells
  distribution, _, version = package.partition(' ')
  tensorflow = environment.pinned.get('tensorflow')
  is_of_tensorflow = f'TensorFlow {tensorflow},' in others
  return (
    name.lower() in f'{program} {package}'
    and environment.pinned.get(distribution) == version
    and f'Python {environment.python}' in others
    and (is_of_tensorflow or 'TensorFlow' not in others)
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
  for name, environment in _ALL:
    matching = [r for r in rows if _is_named(name, environment, r)]
    assert len(matching) == 1, name


def test_nothing_but_a_pinned_package_is_run():
  for name, environment in _ALL:
    assert environment.pinned, name
