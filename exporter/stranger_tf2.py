"""A TF2 SavedModel, reloaded with tf.saved_model.load."""

from collections.abc import Iterator
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from exporter import stranger
from model_specs import spec


class StrangerTf2:
  """Meets a TF2 SavedModel."""

  def __init__(self, handle: spec.Handle, folder: pathlib.Path):
    self._handle = handle
    self._model = tf.saved_model.load(str(folder))
    self._variables = {v.name.split(':')[0]: v for v in self._model.variables}
    self._initial = {n: v.numpy() for n, v in self._variables.items()}

  @property
  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value as loaded, by its TF-Slim name."""
    return self._initial

  @property
  def trainable(self) -> frozenset[str]:
    """Names of the variables offered for training."""
    names = (v.name.split(':')[0] for v in self._model.trainable_variables)
    return frozenset(names)

  def _call(self, name: str, outputs: Any, **kwargs: Any) -> stranger.Call:
    if not isinstance(outputs, dict):
      outputs = {'default': outputs}
    arrays = {key: tensor.numpy() for key, tensor in outputs.items()}
    arrays = stranger.name_default(self._handle, arrays, features=False)
    return stranger.Call(name, arrays, **kwargs)

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """Calls every trace and signature that infers."""
    model, inputs = self._model, tf.constant(images)
    yield self._call('__call__', model(inputs))
    outputs = model(inputs, return_endpoints=True)
    yield self._call('__call__ with endpoints', outputs)
    yield self._call('serve', model.serve(inputs))
    for name, signature in model.signatures.items():
      (value,) = signature(inputs=inputs).values()
      yield self._call(name, value)

  def _moving(self) -> dict[str, tf.Variable]:
    return {n: v for n, v in self._variables.items() if n not in self.trainable}

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """Calls every trace that trains, each from the initial state."""
    model, inputs = self._model, tf.constant(images)
    moving = self._moving()
    default = self._handle.version.momentum
    calls = (
      (
        momentum,
        'with endpoints',
        lambda: model(
          inputs,
          training=True,
          return_endpoints=True,
          batch_norm_momentum=momentum,
        ),
      ),
      (
        default,
        'with the default momentum',
        lambda: model(inputs, training=True),
      ),
      (default, 'through `train`', lambda: model.train(inputs)),
    )
    for used, name, call in calls:
      for variable, value in moving.items():
        value.assign(self._initial[variable])
      outputs = call()
      after = {n: v.numpy() for n, v in moving.items()}
      yield self._call(f'training {name}', outputs, momentum=used, moving=after)

  def losses(self) -> float:
    """The sum of the regularization losses."""
    return sum(float(loss()) for loss in self._model.regularization_losses)

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches, asked twice."""
    variables = self._model.trainable_variables
    with tf.GradientTape(persistent=True) as tape:
      output = self._model(tf.constant(images), training=True)
      losses = [tf.reduce_sum(tf.square(output)), tf.reduce_sum(output)]
    missing = []
    for loss in losses:
      found = tape.gradient(loss, variables)
      missing += [
        variable.name
        for variable, gradient in zip(variables, found, strict=True)
        if gradient is None or not np.isfinite(gradient.numpy()).all()
      ]
    return missing
