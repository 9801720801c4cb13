"""Reload an artifact as a stranger would and compare it with its source."""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import functools
import pathlib

import numpy as np

from exporter import comparison
from exporter import errors
from exporter import manifest
from exporter import program
from exporter import reference as reference_lib
from exporter import stranger
from exporter import stranger_tf1
from exporter import stranger_tf2
from model_specs import spec
from model_specs import versions

_MOMENTUM = 0.9
# In standard deviations of the output. Training amplifies the order in which
# floats are added.
_INFERENCE_TOLERANCE = 1e-4
_TRAINING_TOLERANCE = 1e-3
# Relative to the largest value.
_STATISTICS_TOLERANCE = 1e-4
_LOSS_TOLERANCE = 1e-5


def _wanted(
  handle: spec.Handle, reference: reference_lib.Reference
) -> set[str]:
  """Names of the variables that the handle needs."""
  classifier = f'{handle.spec.family.scope}/Logits/'
  is_classifier = handle.task == versions.CLASSIFICATION
  return {
    name
    for name in reference.tensors
    if is_classifier or not name.startswith(classifier)
  }


def _compare_names(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> comparison.Comparison:
  """That no variable and no signature is missing, and none too many."""
  result = comparison.Comparison('names', 0.0)
  names, wanted = found.names, _wanted(handle, reference)
  for places, expected in (
    (names.variables, wanted),
    (names.trainable, wanted & reference.trainable),
    (names.signatures, handle.version.signatures(handle.task)),
  ):
    for where, listed in places.items():
      result.compare_names(where, listed, expected)
  return result


def _compare_variables(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> comparison.Comparison:
  result = comparison.Comparison('variables', 0.0)
  for name in sorted(_wanted(handle, reference)):
    expected = reference.tensors[name]
    result.compare(name, found.variables.get(name), expected, 1.0)
  return result


def _compare_outputs(
  result: comparison.Comparison,
  handle: spec.Handle,
  call: stranger.Call,
  example: reference_lib.Example,
) -> None:
  """Compares all that a call must return, in standard deviations."""
  batch, height, width, _ = example.images.shape
  where = f'{call.name} at {height}x{width}'
  endpoints = handle.endpoints if call.has_endpoints else ()
  wanted = {stranger.DEFAULT: call.default, **{e: e for e in endpoints}}
  for key in sorted(call.outputs.keys() - wanted.keys()):
    result.miss(f'{where}: {key}', 'is not promised')
  for key, source in wanted.items():
    what, value = f'{where}: {key}', call.outputs.get(key)
    if source in example.outputs:
      expected = example.outputs[source]
      result.compare(what, value, expected, float(np.std(expected)))
    else:  # Dropout makes logits random.
      result.compare_shape(what, value, (batch, handle.spec.num_classes))


def _compare_inference(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> comparison.Comparison:
  result = comparison.Comparison('inference outputs', _INFERENCE_TOLERANCE)
  for example in reference.examples(handle):
    for call in found.infer(example.images):
      _compare_outputs(result, handle, call, example)
  return result


def _compare_moving(
  result: comparison.Comparison,
  call: stranger.Call,
  reference: reference_lib.Reference,
) -> None:
  """Compares moving averages after one step with m * old + (1 - m) * batch."""
  for name, batch in reference.batch_statistics.items():
    old = reference.tensors[name]
    expected = call.momentum * old + (1 - call.momentum) * batch
    largest = float(np.max(np.abs(expected)))
    found = call.moving.get(name)
    result.compare(f'{call.name}: {name}', found, expected, largest)


def _compare_training(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> tuple[comparison.Comparison, comparison.Comparison]:
  outputs = comparison.Comparison('training outputs', _TRAINING_TOLERANCE)
  moving = comparison.Comparison('moving averages', _STATISTICS_TOLERANCE)
  for call in found.train(reference.training.images, _MOMENTUM):
    _compare_outputs(outputs, handle, call, reference.training)
    _compare_moving(moving, call, reference)
  return outputs, moving


def _compare_losses(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> comparison.Comparison:
  result = comparison.Comparison('regularization', _LOSS_TOLERANCE)
  expected = reference.losses[handle.task]
  difference = abs(found.losses() - expected) / expected
  result.measure('sum of the losses', difference)
  return result


class _Gradients:
  """Finds missing gradients, once for each program in this process.

  Whether there are any depends on nothing else, and asking takes seconds.
  """

  def __init__(self) -> None:
    self._missing: dict[str, list[str]] = {}

  def missing(
    self, found: stranger.Stranger, folder: pathlib.Path, images: np.ndarray
  ) -> list[str]:
    digest = program.digest(folder)
    if digest not in self._missing:
      self._missing[digest] = found.missing_gradients(images)
    return self._missing[digest]


_gradients = functools.cache(_Gradients)


def _compare_gradients(
  handle: spec.Handle,
  found: stranger.Stranger,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
) -> comparison.Comparison:
  result = comparison.Comparison('gradients', 0.0)
  images = reference.training.images
  missing = _gradients().missing(found, folder, images)
  for name in sorted(_wanted(handle, reference) & reference.trainable):
    if name in missing:
      result.miss(name, 'gets no finite gradient')
    else:
      result.measure(name, 0.0)
  return result


@contextlib.contextmanager
def _explain(handle: spec.Handle) -> Iterator[None]:
  """Turns whatever a broken artifact makes TensorFlow raise into one error."""
  try:
    yield
  except Exception as error:  # Loaders raise half of Python's.
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ProofError(
      f'{handle} cannot be loaded and called, so it is not delivered: '
      f'{type(error).__name__}: {reason}'
    ) from error


def _raise_on(
  handle: spec.Handle, comparisons: Iterable[comparison.Comparison]
) -> None:
  misses = [line for c in comparisons for line in c.misses()]
  if misses:
    raise errors.ProofError(
      f'{handle} does not do what its source does, so it is not delivered; '
      f'{len(misses)} comparisons miss:\n  ' + '\n  '.join(misses)
    )


def meet(handle: spec.Handle, folder: pathlib.Path) -> stranger.Stranger:
  """Reloads an artifact from its files."""
  with _explain(handle):
    if handle.version.format == versions.TF1:
      return stranger_tf1.StrangerTf1(handle, folder)
    return stranger_tf2.StrangerTf2(handle, folder)


def prove(
  handle: spec.Handle,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
) -> tuple[manifest.Check, ...]:
  """Compares everything an artifact offers with its source.

  Args:
    handle: What it is.
    folder: Where its files are.
    reference: What its source computes.

  Returns:
    What was compared, and how close it came.

  Raises:
    ProofError: Something differs; the message lists all that does.
  """
  found = meet(handle, folder)
  with _explain(handle):
    comparisons = [
      _compare_names(handle, found, reference),
      _compare_variables(handle, found, reference),
      _compare_inference(handle, found, reference),
      *_compare_training(handle, found, reference),
      _compare_losses(handle, found, reference),
      _compare_gradients(handle, found, folder, reference),
    ]
  _raise_on(handle, comparisons)
  return tuple(c.check() for c in comparisons)
