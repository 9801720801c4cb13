"""Compares what an artifact computes with what its source computes."""

from collections.abc import Sequence

import numpy as np

from exporter.proof import comparison
from exporter.proof import reference as reference_lib
from exporter.proof import session
from exporter.proof import stranger
import model_specs
from model_specs import versions

MOMENTUM = 0.9
# In standard deviations of the output. Floats are added in another order than
# in the source, which training amplifies.
_INFERENCE_TOLERANCE = 1e-4
_TRAINING_TOLERANCE = 1e-3
# Of networks that round, in another TensorFlow, for the mean of the squares:
# what falls on the other side of a step there changes all behind it.
_ROUNDED_TOLERANCE = 0.25
# Relative to the largest value of the variable, or to the sum of the losses.
_STATISTICS_TOLERANCE = 1e-4
_LOSS_TOLERANCE = 1e-5


def _default(handle: model_specs.Handle) -> str:
  """The name that a handle's default output has in a reference."""
  is_logits = handle.task == versions.CLASSIFICATION
  return reference_lib.LOGITS if is_logits else reference_lib.FEATURES


def _promised(
  handle: model_specs.Handle, call: stranger.Call
) -> dict[str, str]:
  """The outputs that a call must return, with their names in a reference."""
  default = _default(handle)
  if call.returns == stranger.SIGNATURE:
    return {versions.SERVING_OUTPUTS[handle.task]: default}
  if call.returns == stranger.DEFAULT:
    return {stranger.DEFAULT: default}
  if call.returns == stranger.FEATURES:
    default = reference_lib.FEATURES
  return {stranger.DEFAULT: default, **{e: e for e in handle.endpoints}}


def _describes(declared: Sequence[int | None], actual: Sequence[int]) -> bool:
  """Whether a declared shape fits the shape of an output.

  The batch must be open and the depth fixed; other sizes may be open.
  """
  if len(declared) != len(actual) or declared[0] is not None:
    return False
  sizes = zip(declared[1:], actual[1:], strict=True)
  return declared[-1] == actual[-1] and all(d in (None, a) for d, a in sizes)


class Agreement:
  """Compares an artifact with its source, and collects the differences."""

  def __init__(
    self,
    handle: model_specs.Handle,
    reference: reference_lib.Reference,
    leniency: float = 1.0,
  ):
    """Starts with nothing compared.

    Args:
      handle: The artifact.
      reference: What its source computes.
      leniency: Multiplies all tolerances, which exist because of rounding.
    """
    self._handle = handle
    self._reference = reference

    def compare(name: str, tolerance: float = 0.0) -> comparison.Comparison:
      return comparison.Comparison(name, tolerance * leniency)

    self._names = compare('names')
    self._variables = compare('variables')
    self._shapes = compare('shapes')
    self._inference = compare('inference outputs', _INFERENCE_TOLERANCE)
    if leniency > 1 and handle.spec.family.is_quantized:
      self._inference = comparison.Comparison(
        'inference outputs', _ROUNDED_TOLERANCE, is_mean=True
      )
    self._published = compare('published graph', _INFERENCE_TOLERANCE)
    self._training = compare('training outputs', _TRAINING_TOLERANCE)
    self._moving = compare('moving averages', _STATISTICS_TOLERANCE)
    self._losses = compare('regularization', _LOSS_TOLERANCE)
    self._gradients = compare('gradients')

  @property
  def _wanted(self) -> set[str]:
    """The names of the variables that the artifact must hold."""
    classifier = self._handle.spec.family.classifier
    is_classifier = self._handle.task == versions.CLASSIFICATION
    return {
      name
      for name in self._reference.tensors
      if is_classifier or not name.startswith(classifier)
    }

  def _compare_names(self, names: stranger.Names) -> None:
    """Checks that no variable or signature is missing, and none is too many."""
    handle, needed = self._handle, self._wanted
    for names_by_place, expected in (
      (names.variables, needed),
      (names.trainable, needed & self._reference.trainable),
      (names.signatures, handle.version.signatures(handle.task)),
    ):
      for where, listed in names_by_place.items():
        self._names.compare_names(where, listed, expected)
    if names.trains and not self._reference.training:
      self._names.miss('training', 'is not promised')
    if self._reference.training and not names.trains:
      self._names.miss('training', 'is missing')

  def _compare_shapes(self, where: str, call: stranger.Call) -> None:
    """Checks that declared shapes are those of the images and the outputs."""
    side = None if self._handle.variable_size else self._handle.spec.size
    for key, declared in call.shapes.items():
      if key == stranger.IMAGES:
        channels = self._handle.spec.family.channels
        fits = declared == (None, side, side, channels)
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
      else:  # What dropout draws is not known, so only the shape is.
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
      actual = call.moving.get(name)
      self._moving.compare(f'{call.name}: {name}', actual, expected, largest)

  def compare(self, artifact: session.Reading) -> None:
    """Compares everything that an artifact in a session offers."""
    self._compare(artifact, self._reference.training)

  def _compare(
    self, artifact: session.Reading, training: reference_lib.Example | None
  ) -> None:
    reference = self._reference
    names = artifact.names()
    self._compare_names(names)
    variables = artifact.variables()
    for name in sorted(self._wanted):
      expected = reference.tensors[name]
      self._variables.compare(name, variables.get(name), expected, 1.0)
    for example in reference.examples(self._handle):
      for call in artifact.infer(example.images):
        self._compare_outputs(self._inference, call, example)
        if example is reference.default_size:
          self._compare_published(call, example)
    if training and names.trains:
      self._compare_training(artifact, training)
    elif not training:
      self._losses.measure('sum of the losses', abs(artifact.losses()))

  def _compare_training(
    self, artifact: session.Reading, training: reference_lib.Example
  ) -> None:
    for call in artifact.train(training.images, MOMENTUM):
      self._compare_outputs(self._training, call, training)
      self._compare_moving(call)
    total = self._reference.losses[self._handle.task]
    difference = abs(artifact.losses() - total) / total
    self._losses.measure('sum of the losses', difference)

  def compare_stranger(self, artifact: session.Loaded) -> None:
    """Compares everything that a loaded artifact offers, gradients as well.

    Its dropout draws at random.
    """
    self._compare(artifact, self._reference.training_by_chance)
    if not self._reference.training:
      return
    missing = artifact.missing_gradients(self._reference.training.images[:1])
    for name in sorted(self._wanted & self._reference.trainable):
      if name in missing:
        self._gradients.miss(name, 'gets no finite gradient')
      else:
        self._gradients.measure(name, 0.0)

  @property
  def of_session(self) -> tuple[comparison.Comparison, ...]:
    """The results for an artifact in a session: all but gradients."""
    declared = (self._names, self._variables, self._shapes)
    witness = (self._published,) if self._reference.published else ()
    return (*declared, *self._computed, *witness)

  @property
  def of_stranger(self) -> tuple[comparison.Comparison, ...]:
    """The results for a loaded artifact: all but the declared shapes."""
    return (self._names, self._variables, *self._computed, *self.gradients)

  @property
  def gradients(self) -> tuple[comparison.Comparison, ...]:
    """The result for gradients, if anything trains."""
    return (self._gradients,) if self._reference.training else ()

  @property
  def _computed(self) -> tuple[comparison.Comparison, ...]:
    moving = (self._moving,) if self._reference.batch_statistics else ()
    training = (self._training,) if self._reference.training else ()
    return (self._inference, *training, *moving, self._losses)
