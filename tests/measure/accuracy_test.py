"""Figures of accuracy count what was seen."""

import json
import math

import numpy as np
import pytest

from exporter.measure import accuracy
from tests import some_accuracy


def test_top1_and_top5_count_pictures():
  summary = some_accuracy.make()
  assert (summary.top1, summary.top5) == (5, 9)
  assert (summary.top1_percent, summary.top5_percent) == (50.0, 90.0)


def test_the_fifth_is_among_the_best_five_and_the_sixth_is_not():
  logits = np.tile(np.arange(10, 0, -1, dtype=np.float32), [2, 1])
  summary = accuracy.summarize('a', some_accuracy.SETTING, logits, [4, 5], {})
  assert (summary.top1, summary.top5) == (0, 1)


def test_five_classes_have_no_top5():
  logits = np.eye(5, dtype=np.float32)
  summary = accuracy.summarize(
    'a', some_accuracy.SETTING, logits, range(5), {0: 'x'}
  )
  assert summary.top5 is None
  assert summary.top5_percent is None


def test_equal_logits_are_no_lucky_guess():
  logits = np.zeros([2, 10], np.float32)
  summary = accuracy.summarize('a', some_accuracy.SETTING, logits, [7, 0], {})
  assert (summary.top1, summary.top5) == (1, 1)


@pytest.mark.parametrize(('right', 'count'), [(5, 10), (1, 3), (950, 1000)])
def test_the_interval_ends_where_the_figure_would_just_surprise(right, count):
  low, high = (bound / 100 for bound in accuracy.wilson(right, count))
  share = right / count
  assert 0 < low < share < high < 1
  # What defines Wilson's bounds: they are 1.96 of their own deviations away.
  for bound in (low, high):
    deviation = math.sqrt(bound * (1 - bound) / count)
    assert abs(share - bound) == pytest.approx(1.959964 * deviation)


def test_the_interval_ends_at_0_and_at_100():
  low, high = accuracy.wilson(0, 10)
  assert low == pytest.approx(0)
  assert high == pytest.approx(27.753, abs=1e-3)
  mirrored = (100 - high, 100 - low)
  assert accuracy.wilson(10, 10) == pytest.approx(mirrored)


def test_classes_come_worst_first_with_what_they_are_taken_for():
  summary = some_accuracy.make()
  assert [each.number for each in summary.classes] == [3, 1, 2]
  assert [each.percent for each in summary.classes] == [25.0, 50.0, 100.0]
  assert summary.classes[0].taken_for == {4: 2, 2: 1}
  assert summary.names[6] == 'wren'
  assert accuracy.class_rows(summary.classes[:2], summary.names) == [
    ('owl', '4', '25.0', 'pike (2)'),
    ('cat & dog', '4', '50.0', 'newt (1)'),
  ]


def test_a_row_has_a_cell_a_column():
  (row,) = accuracy.accuracy_rows([some_accuracy.make()])
  assert row[1:] == ('10', '50.00', '23.7 to 76.3', '90.00')
  assert len(row) == len(accuracy.ACCURACY_COLUMNS)


def test_json_holds_all_of_it():
  facts = json.loads(accuracy.to_json([some_accuracy.make()]))
  (figures,) = facts['accuracies']
  assert figures['handle'] == some_accuracy.HANDLE
  assert figures['top1_interval_95'] == [23.659, 76.341]
  assert figures['setting']['sha256'] == 'c0ffee'
  assert figures['classes'][0]['taken_for'] == {'4': 2, '2': 1}
  assert figures['names']['4'] == 'pike'
