"""Reload an artifact as a stranger would and compare it with its source."""

from collections.abc import Iterable
from collections.abc import Mapping
import functools
import hashlib
import math
import pathlib

import numpy as np
from tensorflow.core.protobuf import saved_model_pb2

from exporter import errors
from exporter import manifest
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


def _round_up(value: float) -> float:
  """The power of ten above: the same whatever the last digits were."""
  if value == 0 or not math.isfinite(value):
    return value
  return float(f'1e{math.ceil(math.log10(value))}')


def _distance(found: np.ndarray, expected: np.ndarray, scale: float) -> float:
  if found.shape != expected.shape or not np.isfinite(found).all():
    return math.inf
  return float(np.max(np.abs(found - expected)) / scale)


class _Comparison:
  """Collects differences of one kind."""

  def __init__(self, name: str, tolerance: float):
    self._name = name
    self._tolerance = tolerance
    self._differences: dict[str, float] = {}

  def add(self, what: str, difference: float) -> None:
    self._differences[what] = difference

  def compare(
    self,
    where: str,
    found: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
  ) -> None:
    """Compares by name, in standard deviations of what is expected."""
    for key, value in found.items():
      scale = float(np.std(expected[key])) or 1.0
      difference = _distance(value, expected[key], scale)
      self.add(f'{where}: {key}', difference)

  def check(self) -> manifest.Check:
    """The result, for the manifest."""
    return manifest.Check(
      name=self._name,
      compared=len(self._differences),
      difference=_round_up(max(self._differences.values(), default=math.inf)),
      tolerance=self._tolerance,
    )

  def misses(self) -> list[str]:
    """What is beyond the tolerance, one line each."""
    if not self._differences:
      return [f'{self._name}: nothing to compare']
    return [
      f'{self._name}: {what} differs by {difference:.3g}, '
      f'expected at most {self._tolerance:g}'
      for what, difference in self._differences.items()
      if not difference <= self._tolerance
    ]


def _compare_variables(
  found: stranger.Stranger, reference: reference_lib.Reference
) -> _Comparison:
  comparison = _Comparison('variables', 0.0)
  for name, value in found.variables.items():
    expected = reference.tensors.get(name)
    if expected is None:
      comparison.add(f'{name} (not in the checkpoint)', math.inf)
    else:
      comparison.add(name, _distance(value, expected, 1.0))
  return comparison


def _compare_sets(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> _Comparison:
  """That nothing is missing: variables, trainables."""
  comparison = _Comparison('variable sets', 0.0)
  classifier = f'{handle.spec.family.scope}/Logits/'
  is_classifier = handle.task == versions.CLASSIFICATION
  wanted = {
    name
    for name in reference.tensors
    if is_classifier or not name.startswith(classifier)
  }
  for what, names, expected in (
    ('variables', set(found.variables), wanted),
    ('trainable variables', set(found.trainable), wanted & reference.trainable),
  ):
    for name in names ^ expected:
      comparison.add(f'{name} in {what}', math.inf)
    comparison.add(what, 0.0)
  return comparison


def _compare_inference(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> _Comparison:
  comparison = _Comparison('inference outputs', _INFERENCE_TOLERANCE)
  for example in reference.examples(handle):
    size = 'x'.join(map(str, example.images.shape[1:3]))
    for call in found.infer(example.images):
      comparison.compare(
        f'{call.name} at {size}', call.outputs, example.outputs
      )
  return comparison


def _compare_moving(
  comparison: _Comparison,
  call: stranger.Call,
  reference: reference_lib.Reference,
) -> None:
  """Compares moving averages after one step with m * old + (1 - m) * batch."""
  for name, batch in reference.batch_statistics.items():
    old = reference.tensors[name]
    expected = call.momentum * old + (1 - call.momentum) * batch
    scale = float(np.max(np.abs(expected))) or 1.0
    found = call.moving.get(name)
    comparison.add(
      f'{call.name}: {name}',
      math.inf if found is None else _distance(found, expected, scale),
    )


def _compare_training(
  found: stranger.Stranger, reference: reference_lib.Reference
) -> tuple[_Comparison, _Comparison]:
  outputs = _Comparison('training outputs', _TRAINING_TOLERANCE)
  moving = _Comparison('moving averages', _STATISTICS_TOLERANCE)
  example = reference.training
  for call in found.train(example.images, _MOMENTUM):
    comparable = {
      key: value
      for key, value in call.outputs.items()
      if key in example.outputs  # Dropout makes the logits random.
    }
    outputs.compare(call.name, comparable, example.outputs)
    _compare_moving(moving, call, reference)
  return outputs, moving


def _compare_losses(
  handle: spec.Handle,
  found: stranger.Stranger,
  reference: reference_lib.Reference,
) -> _Comparison:
  comparison = _Comparison('regularization', _LOSS_TOLERANCE)
  expected = reference.losses[handle.task]
  difference = abs(found.losses() - expected) / expected
  comparison.add('sum of the losses', difference)
  return comparison


def _program(folder: pathlib.Path) -> str:
  """Hash of an artifact's computation, whatever its shapes and names' numbers.

  Whether gradients exist depends on nothing else, and asking takes seconds.
  """
  model = saved_model_pb2.SavedModel()
  model.ParseFromString((folder / 'saved_model.pb').read_bytes())
  digest = hashlib.sha256()
  for meta in model.meta_graphs:
    functions = meta.graph_def.library.function
    bodies = [meta.graph_def.node, *(f.node_def for f in functions)]
    for body in bodies:
      for node in body:
        node.attr.pop('shape', None)
        if 'f' in node.attr:
          node.attr.pop('f')
        digest.update(node.SerializeToString(deterministic=True))
    digest.update(repr([len(f.node_def) for f in functions]).encode())
  return digest.hexdigest()


class _Gradients:
  """Finds missing gradients, once for each program in this process."""

  def __init__(self) -> None:
    self._missing: dict[str, list[str]] = {}

  def missing(
    self, found: stranger.Stranger, folder: pathlib.Path, images: np.ndarray
  ) -> list[str]:
    program = _program(folder)
    if program not in self._missing:
      self._missing[program] = found.missing_gradients(images)
    return self._missing[program]


_gradients = functools.cache(_Gradients)


def _compare_gradients(
  found: stranger.Stranger,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
) -> _Comparison:
  comparison = _Comparison('gradients', 0.0)
  images = reference.training.images
  missing = set(_gradients().missing(found, folder, images))
  for name in sorted(found.trainable):
    comparison.add(name, math.inf if name in missing else 0.0)
  return comparison


def _raise_on(handle: spec.Handle, comparisons: Iterable[_Comparison]) -> None:
  misses = [line for c in comparisons for line in c.misses()]
  if misses:
    raise errors.ProofError(
      f'{handle} does not do what its source does, so it is not delivered; '
      f'{len(misses)} comparisons miss:\n  ' + '\n  '.join(misses)
    )


def meet(handle: spec.Handle, folder: pathlib.Path) -> stranger.Stranger:
  """Reloads an artifact from its files."""
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
  comparisons = [
    _compare_sets(handle, found, reference),
    _compare_variables(found, reference),
    _compare_inference(handle, found, reference),
    *_compare_training(found, reference),
    _compare_losses(handle, found, reference),
    _compare_gradients(found, folder, reference),
  ]
  _raise_on(handle, comparisons)
  return tuple(comparison.check() for comparison in comparisons)
