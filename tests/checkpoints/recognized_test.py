"""What is told of a network that was recognized."""

import dataclasses

import pytest

from exporter.checkpoints import recognition
from exporter.checkpoints import recognized
import model_specs
from tests.checkpoints import specimens_made


@pytest.fixture(name='match')
def _match() -> recognition.Match:
  match = recognition.recognize(specimens_made.built().shapes)
  assert match
  return match


def _as(
  match: recognition.Match, preprocessing: model_specs.Preprocessing
) -> recognized.Preprocessing:
  family = dataclasses.replace(match.family, preprocessing=preprocessing)
  changed = dataclasses.replace(match, family=family)
  return recognized.describe(changed, None).preprocessing


def test_the_classifier_is_wanted_if_the_file_has_one(match):
  assert recognized.wanted(match).shapes == match.shapes
  headless = recognized.wanted(dataclasses.replace(match, num_classes=None))
  lacking = match.shapes.keys() - headless.shapes.keys()
  assert {name.rpartition('/')[2] for name in lacking} == {'weights', 'biases'}
  assert headless.trainable == match.trainable - lacking


def test_colours_are_told_as_spec_files_say_them(match):
  means = (123.68, 116.78, 103.94)
  for preprocessing, input_range, mean in (
    (model_specs.FROM_MINUS_1_TO_1, (-1, 1), (0, 0, 0)),
    (model_specs.Preprocessing(1.0, 0.0), (0, 1), (0, 0, 0)),
    (model_specs.Preprocessing(255.0, means), (0, 255), means),
  ):
    colours = _as(match, preprocessing)
    assert (colours.input_range, colours.input_mean) == (input_range, mean)
    assert not colours.is_standardized
  standardized = _as(match, model_specs.Standardization(255.0, 0.0))
  assert standardized.is_standardized


def test_a_multiplier_nobody_published_has_the_usual_size_of_tf_slim(match):
  network = recognized.describe(match, None)
  assert (network.models, network.sizes, network.usual_size) == ((), (), 224)
  assert network.multiplier == specimens_made.MULTIPLIER
