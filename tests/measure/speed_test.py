"""Figures of speed say what was measured, and on what."""

import dataclasses
import json
import re

import numpy as np
import pytest

from exporter import errors
from exporter.measure import speed
from tests import some_speed

_WITH_MEMORY = dataclasses.replace(some_speed.make()[0], memory_mb=56.4)


def test_the_median_and_the_tail_of_some_runs():
  seconds = [0.010] * 18 + [0.020, 0.500]
  summary = speed.summarize('n', 'a', 8, seconds)
  tail = np.percentile(seconds, 95) * 1e3
  assert (summary.runs, summary.median_ms) == (20, 10.0)
  assert summary.p95_ms == pytest.approx(tail) == 44.0
  assert summary.images_per_second == pytest.approx(800)


def test_the_tail_of_one_run():
  assert speed.summarize('n', 'a', 1, [0.1]).p95_ms == 100.0


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
  speeds = some_speed.make()
  facts = json.loads(speed.to_json(some_speed.MACHINE, speeds))
  assert facts['machine']['processor'] == 'A & B <Processor>'
  assert [s['batch'] for s in facts['speeds']] == [1, 8, 32] * 3
  assert facts['speeds'][0]['median_ms'] == 10.0


def test_a_row_has_a_cell_a_column():
  rows = speed.speed_rows(some_speed.make())
  assert {len(row) for row in rows} == {len(speed.SPEED_COLUMNS)}
  assert rows[0][1:] == ('1', '10.00', '1000.00', '100', '-')
  (row,) = speed.speed_rows([_WITH_MEMORY])
  assert row[-1] == '56'


def test_what_was_written_is_read():
  speeds = some_speed.make()
  speeds.append(_WITH_MEMORY)
  text = speed.to_json(some_speed.MACHINE, speeds)
  assert speed.parse_speeds(text, 'x.json') == (some_speed.MACHINE, speeds)


def test_figures_of_before_memory_was_measured_are_read():
  speeds = some_speed.make()
  text = speed.to_json(some_speed.MACHINE, speeds)
  old = re.sub(r',\s*"memory_mb": null', '', text)
  assert 'memory' not in old
  assert speed.parse_speeds(old, 'x.json') == (some_speed.MACHINE, speeds)


@pytest.mark.parametrize('wrong', ['"9"', 'NaN', '"<script>"', 'null'])
def test_figures_that_are_none_are_named(wrong):
  text = speed.to_json(some_speed.MACHINE, some_speed.make())
  text = text.replace('"median_ms": 10.0', f'"median_ms": {wrong}')
  for given in (text, '{"speeds": []}', '['):
    with pytest.raises(errors.ManifestError, match=r'x\.json holds no figures'):
      speed.parse_speeds(given, 'x.json')
