"""Whether what an artifact answers is what its source computes."""

from collections.abc import Sequence

import numpy as np

from exporter.proof import comparison
from exporter.proof import reference as reference_lib
from exporter.proof import session
from exporter.proof import stranger
import model_specs
from model_specs import versions

MOMENTUM = 0.9
# In standard deviations of the output. Training amplifies the order in which
# floats are added.
_INFERENCE_TOLERANCE = 1e-4
_TRAINING_TOLERANCE = 1e-3
# Relative to the largest value.
_STATISTICS_TOLERANCE = 1e-4
_LOSS_TOLERANCE = 1e-5


def _default(handle: model_specs.Handle) -> str:
  """What a handle's default output is, by its name in a reference."""
  is_logits = handle.task == versions.CLASSIFICATION
  return reference_lib.LOGITS if is_logits else reference_lib.FEATURES


def _promised(
  handle: model_specs.Handle, call: stranger.Call
) -> dict[str, str]:
  """What a call must return, by name -> by its name in a reference."""
  default = _default(handle)
  if call.returns == stranger.SIGNATURE:
    return {versions.SERVING_OUTPUTS[handle.task]: default}
  if call.returns == stranger.DEFAULT:
    return {stranger.DEFAULT: default}
  if call.returns == stranger.FEATURES:
    default = reference_lib.FEATURES
  return {stranger.DEFAULT: default, **{e: e for e in handle.endpoints}}


def _describes(declared: Sequence[int | None], found: Sequence[int]) -> bool:
  """Whether a declared shape is that of an output, of batches of any size."""
  if len(declared) != len(found) or declared[0] is not None:
    return False
  sizes = zip(declared[1:], found[1:], strict=True)
  return declared[-1] == found[-1] and all(d in (None, f) for d, f in sizes)


class Agreement:
  """Compares an artifact with its source, one kind of thing after another."""

  def __init__(
    self,
    handle: model_specs.Handle,
    reference: reference_lib.Reference,
    leniency: float = 1.0,
  ):
    """Prepares.

    Args:
      handle: What the artifact is.
      reference: What its source computes.
      leniency: Factor of all tolerances that rounding makes necessary.
    """
    self._handle = handle
    self._reference = reference

    def compare(name: str, tolerance: float = 0.0) -> comparison.Comparison:
      return comparison.Comparison(name, tolerance * leniency)

    self._names = compare('names')
    self._variables = compare('variables')
    self._shapes = compare('shapes')
    self._inference = compare('inference outputs', _INFERENCE_TOLERANCE)
    self._published = compare('published graph', _INFERENCE_TOLERANCE)
    self._training = compare('training outputs', _TRAINING_TOLERANCE)
    self._moving = compare('moving averages', _STATISTICS_TOLERANCE)
    self._losses = compare('regularization', _LOSS_TOLERANCE)
    self._gradients = compare('gradients')

  @property
  def _wanted(self) -> set[str]:
    """Names of the variables that the handle needs."""
    classifier = self._handle.spec.family.classifier
    is_classifier = self._handle.task == versions.CLASSIFICATION
    return {
      name
      for name in self._reference.tensors
      if is_classifier or not name.startswith(classifier)
    }

  def _compare_names(self, names: stranger.Names) -> None:
    """That no variable and no signature is missing, and none too many."""
    handle, wanted = self._handle, self._wanted
    for places, expected in (
      (names.variables, wanted),
      (names.trainable, wanted & self._reference.trainable),
      (names.signatures, handle.version.signatures(handle.task)),
    ):
      for where, listed in places.items():
        self._names.compare_names(where, listed, expected)

  def _compare_shapes(self, where: str, call: stranger.Call) -> None:
    """That declared shapes are those of what goes in and comes out."""
    side = None if self._handle.variable_size else self._handle.spec.size
    for key, declared in call.shapes.items():
      if key == stranger.IMAGES:
        fits = declared == (None, side, side, 3)
      else:
        fits = _describes(declared, call.outputs[key].shape)
      if fits:
        self._shapes.measure(where, 0.0)
      else:
        self._shapes.miss(f'{where}: {key}', f'is declared as {declared}')

  def _compare_outputs(
    self,
    result: comparison.Comparison,
    call: stranger.Call,
    example: reference_lib.Example,
  ) -> None:
    """Compares all that a call must return, in standard deviations."""
    height, width = example.images.shape[1:3]
    where = f'{call.name} at {height}x{width}'
    promised = _promised(self._handle, call)
    for key in sorted(call.outputs.keys() - promised.keys()):
      result.miss(f'{where}: {key}', 'is not promised')
    for key, source in promised.items():
      what, value = f'{where}: {key}', call.outputs.get(key)
      if source in example.outputs:
        expected, unit = example.outputs[source], example.deviations[source]
        result.compare(what, value, expected, unit)
      else:  # Dropout makes it random.
        shape = self._reference.default_size.outputs[source].shape
        result.compare_shape(what, value, shape)
    self._compare_shapes(where, call)

  def _compare_published(
    self, call: stranger.Call, example: reference_lib.Example
  ) -> None:
    """Compares a call's outputs with those of the published frozen graph."""
    for key, source in _promised(self._handle, call).items():
      if source in self._reference.published:
        expected = self._reference.published[source]
        unit = example.deviations[source]
        what = f'{call.name}: {key}'
        self._published.compare(what, call.outputs.get(key), expected, unit)

  def _compare_moving(self, call: stranger.Call) -> None:
    """Compares moving averages with m * old + (1 - m) * batch."""
    momentum = call.momentum
    if momentum is None:
      momentum = self._handle.version.momentum
    for name, batch in self._reference.batch_statistics.items():
      old = self._reference.tensors[name]
      expected = momentum * old + (1 - momentum) * batch
      largest = float(np.max(np.abs(expected)))
      found = call.moving.get(name)
      self._moving.compare(f'{call.name}: {name}', found, expected, largest)

  def compare(self, found: session.Reading) -> None:
    """Compares all but gradients."""
    reference = self._reference
    self._compare_names(found.names())
    variables = found.variables()
    for name in sorted(self._wanted):
      expected = reference.tensors[name]
      self._variables.compare(name, variables.get(name), expected, 1.0)
    for example in reference.examples(self._handle):
      for call in found.infer(example.images):
        self._compare_outputs(self._inference, call, example)
        if example is reference.default_size:
          self._compare_published(call, example)
    for call in found.train(reference.training.images, MOMENTUM):
      self._compare_outputs(self._training, call, reference.training)
      self._compare_moving(call)
    total = reference.losses[self._handle.task]
    difference = abs(found.losses() - total) / total
    self._losses.measure('sum of the losses', difference)

  def compare_stranger(self, found: session.Loaded) -> None:
    """Compares all, gradients included."""
    self.compare(found)
    missing = found.missing_gradients(self._reference.training.images[:1])
    for name in sorted(self._wanted & self._reference.trainable):
      if name in missing:
        self._gradients.miss(name, 'gets no finite gradient')
      else:
        self._gradients.measure(name, 0.0)

  @property
  def of_session(self) -> tuple[comparison.Comparison, ...]:
    """What is compared of every artifact: everything but gradients."""
    declared = (self._names, self._variables, self._shapes)
    witness = (self._published,) if self._reference.published else ()
    return (*declared, *self._computed, *witness)

  @property
  def of_stranger(self) -> tuple[comparison.Comparison, ...]:
    """What a loader is asked: everything but shapes, which files declare."""
    return (self._names, self._variables, *self._computed, self._gradients)

  @property
  def _computed(self) -> tuple[comparison.Comparison, ...]:
    return (self._inference, self._training, self._moving, self._losses)
