"""Labels mean classes of the model, or are refused before anything runs."""

import dataclasses

import pytest

from exporter import errors
from exporter.measure import classes
import model_specs
from model_specs import labels
from tests import some_spec_file
from tests import tiny_network

_IMAGENET = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)
_RESNET = model_specs.get('google/imagenet/resnet_v1_50/classification/5')
_TINY = tiny_network.MODEL.handles((5,))[0]


@pytest.mark.parametrize(
  ('handle', 'label', 'number', 'rule'),
  [
    (_IMAGENET, '389', 389, classes.NUMBERS),
    (_IMAGENET, 'giant panda', 389, classes.NAMES),
    (_IMAGENET, 'Giant_Panda', 389, classes.NAMES),
    (_IMAGENET, 'n02510455', 389, classes.SYNSETS),
    (_RESNET, 'n02510455', 388, classes.SYNSETS),
    (_RESNET, 'giant panda', 388, classes.NAMES),
    (_RESNET, '0', 0, classes.NUMBERS),
    (_TINY, '4', 4, classes.NUMBERS),
  ],
)
def test_a_label_is_a_number_a_name_or_a_synset(handle, label, number, rule):
  resolved = classes.resolve(handle, [label, label])
  assert (resolved.numbers, resolved.rule) == ({label: number}, rule)


def test_names_are_those_of_the_logits():
  resolved = classes.resolve(_RESNET, ['0'])
  assert resolved.names[388] == labels.imagenet()[389] == 'giant panda'


def test_as_many_labels_as_unnamed_classes_are_sorted():
  resolved = classes.resolve(_TINY, ['e', 'd', 'c', 'b', 'a', 'a'])
  assert resolved.rule == classes.SORTED
  assert resolved.numbers == {'a': 0, 'b': 1, 'c': 2, 'd': 3, 'e': 4}
  assert resolved.names == {0: 'a', 1: 'b', 2: 'c', 3: 'd', 4: 'e'}


@pytest.mark.parametrize(
  ('handle', 'given', 'says'),
  [
    (_IMAGENET, ['0', '1'], '0 is the background: expected 1 to 1000'),
    (_IMAGENET, ['1001'], 'no class for 1 of 1 labels: 1001'),
    (_RESNET, ['1000'], 'expected 0 to 999'),
    (_IMAGENET, ['giant pandas'], 'close to the first: giant panda'),
    (_IMAGENET, ['crane'], 'two classes that are called .crane.'),
    (_TINY, ['a', 'b'], 'there are 2 labels, expected 5'),
  ],
)
def test_other_labels_are_refused(handle, given, says):
  with pytest.raises(errors.PictureError, match=says):
    classes.resolve(handle, given)


def test_other_labels_are_counted():
  given = ['tench', *(f'q{number}' for number in range(9))]
  with pytest.raises(errors.PictureError, match='9 of 10 labels: q0, q1, q2'):
    classes.resolve(_IMAGENET, given)


def test_the_handle_may_be_of_another_publisher():
  handle = dataclasses.replace(_IMAGENET, publisher='acme')
  assert classes.resolve(handle, ['tench']).numbers == {'tench': 1}


def _named(*names: str, **changes):
  """A classifier whose classes have these names."""
  model = some_spec_file.model(
    labels=list(names), num_classes=len(names), **changes
  )
  return model.handles()[1]


def test_names_that_are_digits_are_names_first():
  five = _named('1', '2', '3', '4', '5')
  resolved = classes.resolve(five, ['1', '2', '3', '4', '5'])
  assert resolved.rule == classes.NAMES
  assert resolved.numbers == {'1': 0, '2': 1, '3': 2, '4': 3, '5': 4}
  digits = _named(*map(str, range(10)))
  assert classes.resolve(digits, ['3', '7']).numbers == {'3': 3, '7': 7}
  years = _named('1990', '2000')
  assert classes.resolve(years, ['0', '1']).numbers == {'0': 0, '1': 1}


def test_names_are_compared_as_people_read_them():
  tulips = _named('Gr\u00f6\u00dfe Tulpe', 'daisy')
  for label in ('Gro\u0308\u00dfe Tulpe', 'GR\u00d6SSE_TULPE'):
    assert classes.resolve(tulips, [label]).numbers == {label: 0}


def test_labels_of_two_meanings_are_refused_until_one_is_named():
  five = _named('1', '2', '3', '4', '5')
  message = (
    'label 1 is the name of class 0, and the number of the class that is '
    'called 2; say which is meant: --labels_are=names or --labels_are=numbers'
  )
  with pytest.raises(errors.PictureError, match=message):
    classes.resolve(five, ['1', '2'])
  names = classes.resolve(five, ['1', '2'], classes.AS_NAMES)
  numbers = classes.resolve(five, ['1', '2'], classes.AS_NUMBERS)
  assert (names.rule, names.numbers) == (classes.NAMES, {'1': 0, '2': 1})
  assert (numbers.rule, numbers.numbers) == (classes.NUMBERS, {'1': 1, '2': 2})


@pytest.mark.parametrize(
  'label', ['\u0661', '1_0', '+1', '1e0', '0x1', '9' * 5000]
)
def test_a_number_is_of_the_digits_0_to_9(label):
  for meaning in (None, classes.AS_NUMBERS):
    with pytest.raises(errors.PictureError, match='no class for 1 of 1 labels'):
      classes.resolve(_IMAGENET, [label], meaning)


def test_unnamed_classes_are_counted_after_the_background():
  model = some_spec_file.model(num_classes=4, background=True)
  handle = model.handles()[0]
  resolved = classes.resolve(handle, ['c', 'b', 'a'])
  assert resolved.rule == classes.SORTED
  assert resolved.numbers == {'a': 1, 'b': 2, 'c': 3}
  with pytest.raises(errors.PictureError, match='4 labels, expected 3'):
    classes.resolve(handle, ['a', 'b', 'c', 'd'])
