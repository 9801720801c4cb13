"""Figures of speed say what was measured, and on what."""

import json

import pytest

from exporter.measure import speed
from tests import some_speed


def test_the_median_and_the_tail_of_some_runs():
  seconds = [0.010] * 18 + [0.020, 0.500]
  found = speed.summarize('n', 'a', 8, seconds)
  assert (found.runs, found.median_ms, found.p95_ms) == (20, 10.0, 500.0)
  assert found.images_per_second == pytest.approx(800)


def test_the_order_of_runs_does_not_matter():
  seconds = [0.3, 0.1, 0.2]
  assert speed.summarize('n', 'a', 1, seconds).median_ms == 200.0


def test_the_machine_names_itself_and_its_libraries():
  on = speed.this_machine()
  assert on.processor
  assert on.cores >= 1
  assert {'slimhub', 'tensorflow', 'onnxruntime'} <= on.libraries.keys()
  assert f'{on.cores} cores' in str(on)


def test_json_holds_all_of_it():
  found = some_speed.make()
  facts = json.loads(speed.to_json(some_speed.MACHINE, found))
  assert facts['machine']['processor'] == 'A & B <Processor>'
  assert [s['batch'] for s in facts['speeds']] == [1, 8, 32] * 3
  assert facts['speeds'][0]['median_ms'] == 10.0


def test_a_row_has_a_cell_a_column():
  rows = speed.speed_rows(some_speed.make())
  assert {len(row) for row in rows} == {len(speed.SPEED_COLUMNS)}
  assert rows[0][1:] == ('1', '10.00', '1000.00', '100')
