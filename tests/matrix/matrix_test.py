"""The oldest stack and one between export and prove; the page lists all."""

import pytest

import model_specs
from tests.consumers import environments
from tests.matrix import page
from tests.matrix import run
from tests.matrix import stacks

_PATTERN = 'mobilenet_v1_025_128/feature_vector'


@pytest.mark.parametrize(
  'stack', [stacks.STACKS[0], stacks.BETWEEN], ids=lambda stack: stack.name
)
def test_a_stack_exports_what_today_s_takes(stack, tmp_path):
  environments.interpreter(stack)  # Skips where it cannot be.
  outcome = run.examine(stack, tmp_path, [_PATTERN])
  assert not outcome.problem
  count = len(model_specs.find(_PATTERN))
  assert (outcome.exported, outcome.verified) == (count, count)
  (named,) = (r for r in stack.requirements if r.startswith('tensorflow=='))
  number = named.partition('==')[2].removesuffix('*')
  assert outcome.versions['tensorflow'].startswith(number)


def test_the_page_has_each_stack_and_none_that_failed():
  rows = {cells[0]: cells for cells in page.rows()}
  assert set(rows) == {stack.name for stack in stacks.STACKS}
  count = len([h for model in run.MODELS for h in model_specs.find(model)])
  for name, cells in rows.items():
    expected = f'{count} exported and proven there, {count} proven here'
    assert cells[5] == expected, name


def test_a_row_takes_the_place_of_the_one_before(tmp_path, monkeypatch):
  path = tmp_path / 'matrix.md'
  path.write_text(page.PATH.read_text('utf-8'), 'utf-8')
  monkeypatch.setattr(page, 'PATH', path)
  before = page.rows()
  versions = {'tensorflow': '2.16.9', 'keras': '3', 'numpy': '1'}
  outcome = run.Outcome('3.10', versions, 0, 0, 'it broke')
  page.write(page.row('oldest', outcome, '2020-01-01'))
  assert page.rows()[0][5:] == ('failed', '2020-01-01')
  assert page.rows()[1:] == before[1:]
