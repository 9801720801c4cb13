"""The notebook runs to its end, and shows what it showed."""

import re

import nbformat
import pytest

from tests import tour


@pytest.fixture(scope='module', name='run')
def _run(tmp_path_factory) -> nbformat.NotebookNode:
  done = tour.run(tmp_path_factory.mktemp('tour'))
  tour.tidy(done)
  return done


def _shown(notebook: nbformat.NotebookNode) -> list[list[str]]:
  """What each cell of code shows: its text, or which kind of picture."""
  return [
    [
      output.get('text') or ' '.join(sorted(output.data))
      for output in cell.outputs
    ]
    for cell in notebook.cells
    if cell.cell_type == 'code'
  ]


def test_it_shows_what_is_committed(run):
  percent = re.compile(r'\d+%')
  shown, committed = (
    [[percent.sub('?', text) for text in texts] for texts in _shown(notebook)]
    for notebook in (run, tour.read())
  )
  assert shown == committed, 'run `python -m tests.tour`'


def test_the_model_has_learnt(run):
  (percent,) = re.findall(r'(\d+)% of the unseen flowers', str(_shown(run)))
  assert int(percent) > 50  # One of five by chance.


def test_every_picture_is_described_for_those_who_do_not_see_it():
  for cell in tour.read().cells:
    pictures = [o for o in cell.get('outputs', []) if 'image/png' in str(o)]
    assert bool(pictures) == bool(cell.metadata.get('alt'))


def test_it_needs_no_network():
  text = '\n'.join(cell.source for cell in tour.read().cells)
  assert '://' not in text
