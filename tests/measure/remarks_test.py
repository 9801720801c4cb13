"""Figures come with what their reader must know."""

import numpy as np
import pytest

from exporter.measure import classes
from exporter.measure import remarks
import model_specs
from tests import tiny_network

_IMAGENET = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)
_TINY = tiny_network.MODEL.handles((5,))[0]


def _remarks(handle, truth, guesses, rule=classes.NUMBERS) -> tuple[str, ...]:
  logits = np.zeros([len(truth), handle.num_outputs], np.float32)
  logits[np.arange(len(truth)), guesses] = 1
  return remarks.remarks(handle, rule, logits, truth)


def test_figures_of_all_classes_need_no_remark():
  assert _remarks(_TINY, [0, 1, 2, 3, 4], [0, 1, 2, 3, 3]) == ()


def test_classes_that_no_picture_shows_are_counted():
  (remark,) = _remarks(_TINY, [1, 1, 3], [1, 1, 3])
  assert remark.startswith('the pictures are of 2 of 5 classes: ')
  (remark,) = _remarks(_IMAGENET, [0, 9, 9], [0, 9, 9])
  assert remark.startswith('the pictures are of 1 of 1000 classes: ')


@pytest.mark.parametrize(('step', 'what'), [(1, 'more'), (-1, 'less')])
def test_labels_that_are_counted_from_another_number_are_told(step, what):
  truth = [*range(10, 30)]
  guesses = [number + step for number in truth]
  remark = _remarks(_IMAGENET, truth, guesses)[-1]
  assert remark.startswith(
    f'0 of 20 pictures are right, and 20 would be if each label were one {what}'
  )
  names = _remarks(_IMAGENET, truth, guesses, classes.NAMES)
  assert not any('one more' in each or 'one less' in each for each in names)


def test_a_model_that_is_right_now_and_then_is_not_told_so():
  truth = [*range(10, 30)]
  guesses = [n if n % 4 else n + 1 for n in truth]  # 15 right, 5 one more.
  assert len(_remarks(_IMAGENET, truth, guesses)) == 1
  few = _remarks(_IMAGENET, [10, 11, 12, 13], [11, 12, 13, 14])
  assert len(few) == 1


def test_pictures_of_few_classes_must_agree():
  truth = [388] * 12
  agreed = _remarks(_IMAGENET, truth, [389] * 11 + [7])
  assert agreed[-1].startswith('0 of 12 pictures are right, and 11 would be')
  assert len(_remarks(_IMAGENET, truth, [389] * 9 + [7] * 3)) == 1


@pytest.mark.parametrize('rule', [classes.NAMES, classes.NUMBERS])
def test_classes_with_each_others_names_are_told(rule):
  truth = [0, 1, 2, 3, 4] * 6
  guesses = [(n + 2) % 5 for n in truth[:25]] + [1, 2, 3, 4, 0]
  (remark,) = _remarks(_TINY, truth, guesses, rule)
  assert remark.startswith(
    '0 of 30 pictures are right, and 25 would be if the classes had other '
    'names: class 0 is mostly taken for 2; '
  )


def test_a_model_that_takes_all_for_one_class_has_its_names_right():
  truth = [0, 1, 2, 3, 4] * 6
  assert _remarks(_TINY, truth, [3] * 30, classes.NAMES) == ()
  assert _remarks(_TINY, truth, truth, classes.NAMES) == ()


def test_of_two_shifts_the_likelier_one_is_told():
  truth = [*range(10, 40)]
  guesses = [n + 1 if n % 5 else n - 1 for n in truth]
  remarks_ = _remarks(_IMAGENET, truth, guesses)
  assert [each for each in remarks_ if 'one more' in each] == [remarks_[-1]]
  assert not any('one less' in each for each in remarks_)
