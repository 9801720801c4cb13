"""What is near enough, and what is said of what is not."""

import dataclasses

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import synthetic
from exporter.proof import trial
from model_specs import kinds
from model_specs import versions
from tests import artifacts_made as artifacts
from tests import conversions_made

_NAME = conversions_made.TINY


def _trial(word: str, is_trained: bool = True) -> trial.Trial:
  handle = artifacts.handle(_NAME)
  inference, _ = artifacts.sources(handle.spec)
  trials = trial.Trials(
    inference, handle.spec, artifacts.tensors(_NAME), is_trained
  )
  return trials.of(kinds.get(word))


def _prove(word, change, is_trained=True):
  """Proves a file that answers as the source does, but for a change."""

  def run(images):
    return change(conversions_made.expected(_NAME, images))

  conversion = conversions_made.conversion(_NAME, word)
  return trial.compare(conversion, run, _trial(word, is_trained))


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_what_answers_as_the_source_is_proven(word):
  checks = _prove(word, lambda outputs: outputs)
  assert all(c.difference <= c.tolerance for c in checks)
  is_exact = kinds.get(word).is_exact
  assert [c.name for c in checks] == (
    ['outputs'] if is_exact else ['error', 'other top-1 class']
  )
  assert checks[-1].compared == (2 if is_exact else 256)


@pytest.mark.parametrize(
  ('word', 'factor'),
  [
    ('litert.float32', 1.01),
    ('litert.float16', 1.2),
    ('litert.dynamic', 2),
    ('litert.int8', 3),
    ('onnx.model', 1.01),
  ],
)
def test_what_differs_is_refused_with_the_figure(word, factor):
  with pytest.raises(
    errors.ProofError, match='does not do what its source'
  ) as error:
    _prove(word, lambda outputs: outputs * np.float32(factor))
  assert 'expected at most' in str(error.value)


@pytest.mark.parametrize('word', ['litert.float16', 'litert.int8'])
def test_two_outputs_that_are_exchanged_are_named(word):
  with pytest.raises(errors.ProofError, match='1 and 3 have changed places'):
    _prove(word, lambda outputs: outputs[:, [0, 3, 2, 1, 4]])


@pytest.mark.parametrize(
  ('word', 'has_ranges'), [('litert.int8', True), ('litert.dynamic', False)]
)
def test_what_has_ranges_of_pictures_is_told_to_get_more(word, has_ranges):
  with pytest.raises(errors.ProofError) as error:
    _prove(word, lambda outputs: outputs * np.float32(3))
  assert ('--representative_images' in str(error.value)) == has_ranges


def _swap(outputs):
  """Moves the most probable class next to the second, just behind it."""
  order = np.argsort(outputs, axis=1)
  rows = np.arange(len(outputs))
  outputs[rows, order[:, -1]] = outputs[rows, order[:, -2]] - 1e-6
  return outputs


def test_other_classes_are_counted_and_refused():
  with pytest.raises(errors.ProofError, match='other top-1 class: 1, '):
    _prove('tfjs.uint8', _swap)


def test_untrained_classes_may_be_others():
  checks = _prove('tfjs.uint8', _swap, is_trained=False)
  assert (checks[1].difference, checks[1].tolerance) == (1.0, 1.0)


@pytest.mark.parametrize('word', ['litert.float32', 'litert.int8'])
@pytest.mark.parametrize(
  ('change', 'says'),
  [
    (lambda outputs: outputs * np.nan, 'NaN'),
    (lambda outputs: outputs[:, :-1], 'has shape'),
  ],
)
def test_what_cannot_be_measured_is_refused(word, change, says):
  with pytest.raises(errors.ProofError, match=says):
    _prove(word, change)


def test_an_image_alone_is_compared_too():
  def run(outputs):
    return outputs + np.float32(len(outputs) == 1)

  with pytest.raises(errors.ProofError, match='an image alone differs'):
    _prove('onnx.model', run)


@pytest.mark.parametrize(
  'word', ['litert.float16', 'litert.dynamic', 'litert.int8']
)
@pytest.mark.parametrize('wrong', [-1.0, np.nan])
def test_a_lossy_file_answers_an_image_alone_as_in_a_batch(word, wrong):
  def run(outputs):
    return outputs * np.float32(wrong if len(outputs) == 1 else 1)

  with pytest.raises(errors.ProofError, match='an image alone and in a batch'):
    _prove(word, run)


def _restless(word, by, *, is_quantized=False):
  """Proves a file that errs by half of what rounding does to its network."""
  trial_ = _trial(word)
  unit = np.std(trial_.outputs[versions.CLASSIFICATION])
  moved = {
    task: outputs[: len(trial_.rounded[task])] + np.float32(by * unit)
    for task, outputs in trial_.outputs.items()
  }

  def run(images):
    return conversions_made.expected(_NAME, images) + np.float32(by * unit / 2)

  conversion = conversions_made.conversion(_NAME, word)
  family = dataclasses.replace(
    conversion.spec.family, is_quantized=is_quantized
  )
  spec = dataclasses.replace(conversion.spec, family=family)
  conversion = dataclasses.replace(conversion, spec=spec)
  return trial.compare(
    conversion, run, dataclasses.replace(trial_, rounded=moved)
  )


@pytest.mark.parametrize(
  ('word', 'by', 'allowed'),
  [('litert.float32', 0.004, 0.01), ('litert.float16', 0.2, 0.4)],
)
def test_what_rounding_does_to_the_network_itself_is_allowed(word, by, allowed):
  check = _restless(word, by)[0]
  assert by / 2 <= check.difference <= allowed
  assert check.tolerance == pytest.approx(allowed, rel=0.1)


@pytest.mark.parametrize(
  ('word', 'most'), [('onnx.model', '0.1'), ('litert.int8', '0.5')]
)
def test_what_serves_nobody_is_refused_whatever_rounding_does(word, most):
  with pytest.raises(errors.ProofError, match=f'expected at most {most}'):
    _restless(word, 1.2)


@pytest.mark.parametrize('word', ['onnx.model', 'litert.int8'])
def test_of_a_network_that_itself_rounds_not_everything_is_allowed(word):
  with pytest.raises(errors.ProofError, match=r'expected at most 0\.5'):
    _restless(word, 1.2, is_quantized=True)


@pytest.mark.parametrize('word', conversions_made.WORDS)
def test_a_network_at_rest_is_allowed_nothing_more(word):
  check = _prove(word, lambda outputs: outputs)[0]
  assert check.tolerance == kinds.get(word).error


def test_an_error_is_rounded_up():
  checks = _prove('litert.int8', lambda outputs: outputs * np.float32(1.1))
  (error, _) = checks
  assert 0.1 <= error.difference <= 0.2
  assert len(f'{error.difference:.10g}') <= 5


def test_the_pictures_differ_from_each_other():
  pictures = synthetic.synthetic_pictures(16, 32)
  assert pictures.dtype == np.uint8
  assert len({picture.tobytes() for picture in pictures}) == 16
  assert np.array_equal(pictures, synthetic.synthetic_pictures(16, 32))


def _on_few(word, change):
  handle = artifacts.handle(_NAME)
  inference, _ = artifacts.sources(handle.spec)
  tensors = artifacts.tensors(_NAME)

  def run(images):
    return change(conversions_made.expected(_NAME, images))

  return trial.prove_on_few(
    conversions_made.conversion(_NAME, word),
    run,
    trial.Trials(inference, handle.spec, tensors, is_trained=False),
    'outputs elsewhere',
  )


@pytest.mark.parametrize('word', ['tfjs.float32', 'tfjs.uint8'])
def test_a_slow_runtime_is_asked_about_two_pictures(word):
  check = _on_few(word, lambda outputs: outputs)
  assert (check.name, check.compared) == ('outputs elsewhere', 2)
  assert check.difference <= check.tolerance


@pytest.mark.parametrize(
  ('word', 'change'),
  [
    ('tfjs.float32', lambda outputs: outputs * np.float32(1.01)),
    ('tfjs.uint8', lambda outputs: outputs * 2),
    ('tfjs.uint8', lambda outputs: outputs[:, :-1]),
    ('tfjs.uint8', lambda outputs: outputs * np.nan),
  ],
)
def test_what_a_slow_runtime_makes_otherwise_is_refused(word, change):
  with pytest.raises(errors.ProofError, match='outputs elsewhere'):
    _on_few(word, change)
