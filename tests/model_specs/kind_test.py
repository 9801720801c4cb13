"""The facts of one format say what its files are called."""

import pytest

from model_specs import kind
from model_specs import kinds


@pytest.mark.parametrize(
  ('word', 'file', 'stem'),
  [
    ('tf2', '', ''),
    ('litert.int8', 'int8.tflite', 'int8'),
    ('tfjs.float32', 'float32', 'float32'),
  ],
)
def test_names(word, file, stem):
  format_kind = kinds.get(word)
  assert (format_kind.file, format_kind.stem, format_kind.format) == (
    file,
    stem,
    'saved_model_2' if word == 'tf2' else word,
  )


def test_a_manifest_never_has_the_name_of_the_file():
  assert kind.Kind('toy', 'model', '.json').stem == 'model.json'


def test_what_is_exact_is_allowed_less():
  exact = kind.Kind('toy', 'model', '.bin')
  lossy = kind.Kind('toy', 'model', '.bin', disagreement=0.1)
  assert exact.most_error < lossy.most_error == kind.MOST
