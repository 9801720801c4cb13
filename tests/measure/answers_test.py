"""The table of answers says of each picture what the export made of it."""

import csv
import pathlib

import numpy as np

from exporter.measure import answers
from exporter.measure import labelled

_NAMES = {0: 'background', 1: 'a cat, "big"', 2: 'dog'}


def test_a_row_says_what_was_shown_and_what_came_of_it():
  pictures = [
    labelled.Labelled(pathlib.Path(f'x/{number}, new.png'), label)
    for number, label in enumerate(('cat', 'dog', 'dog', 'four'))
  ]
  logits = np.array(
    [[0, 9, 0, 0], [0, 2, 1, 0], [5, 5, 5, 5], [0, 1, 2, 0]], np.float32
  )
  text = answers.render(pictures, [1, 2, 2, 3], logits, _NAMES)
  first, second, equal, last = csv.DictReader(text.splitlines())
  assert first == {
    'picture': 'x/0, new.png',
    'label': 'cat',
    'class': '1',
    'class_name': 'a cat, "big"',
    'answer': '1',
    'answer_name': 'a cat, "big"',
    'probability': '0.9996',
    'place': '1',
  }
  assert (second['answer'], second['place']) == ('1', '2')
  assert (equal['answer'], equal['place']) == ('0', '3')
  assert equal['probability'] == '0.2500'
  assert (last['class_name'], last['answer'], last['place']) == ('', '2', '4')


def test_logits_of_any_size_have_probabilities():
  logits = np.array([[1e5, -1e5]], np.float32)
  picture = labelled.Labelled(pathlib.Path('a.png'), '1')
  text = answers.render([picture], [1], logits, {})
  assert text.splitlines()[1] == 'a.png,1,1,,0,,1.0000,2'
