"""A TF2 SavedModel, reloaded with tf.saved_model.load."""

from collections.abc import Callable
from collections.abc import Iterator
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.python.saved_model import loader_impl

from exporter import stranger
from model_specs import spec
from model_specs import versions

_v1 = tf.compat.v1
_INPUTS = 'inputs'
_OUTPUTS = {
  versions.CLASSIFICATION: 'logits',
  versions.FEATURE_VECTOR: 'feature_vector',
}


def _name(variable: tf.Variable) -> str:
  return variable.name.split(':')[0]


class _Serving:
  """The graph that TensorFlow Serving and the loaders of TF1 use."""

  def __init__(self, folder: pathlib.Path):
    config = _v1.ConfigProto()
    # What a signature calls is optimized by itself; to do so here as well takes
    # longer than all calls, and changes nothing.
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    self._session = _v1.Session(graph=tf.Graph(), config=config)
    # What tf.compat.v1.saved_model.load calls, once it has said on standard
    # error that it is old.
    loader = loader_impl.SavedModelLoader(str(folder))
    with self._session.graph.as_default():
      meta = loader.load(self._session, [tf.saved_model.SERVING])
    self.signatures = {
      name: signature
      for name, signature in meta.signature_def.items()
      if not name.startswith('__')
    }

  def run(self, name: str, images: np.ndarray) -> dict[str, np.ndarray]:
    """What a signature answers."""
    signature = self.signatures[name]
    fetches = {key: info.name for key, info in signature.outputs.items()}
    feeds = {signature.inputs[_INPUTS].name: images}
    return self._session.run(fetches, feeds)


class StrangerTf2:
  """Meets a TF2 SavedModel."""

  def __init__(self, handle: spec.Handle, folder: pathlib.Path):
    self._handle = handle
    self._model = tf.saved_model.load(str(folder))
    self._serving = _Serving(folder)
    self._variables = {_name(v): v for v in self._model.variables}
    self._initial = {n: v.numpy() for n, v in self._variables.items()}

  @property
  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value as loaded, by its TF-Slim name."""
    return self._initial

  @property
  def names(self) -> stranger.Names:
    """What the objects and the serving graph list."""
    model = self._model
    flagged = (n for n, v in self._variables.items() if v.trainable)
    return stranger.Names(
      variables={'variables': frozenset(self._variables)},
      trainable={
        'trainable_variables': frozenset(map(_name, model.trainable_variables)),
        'variables flagged as trainable': frozenset(flagged),
      },
      signatures={
        'signatures': frozenset(model.signatures),
        'signatures for serving': frozenset(self._serving.signatures),
      },
    )

  def _call(
    self, name: str, outputs: Any, has_endpoints: bool = False, **kwargs: Any
  ) -> stranger.Call:
    if not isinstance(outputs, dict):
      outputs = {stranger.DEFAULT: outputs}
    arrays = {key: np.asarray(tensor) for key, tensor in outputs.items()}
    default = stranger.default_output(self._handle)
    return stranger.Call(name, arrays, default, has_endpoints, **kwargs)

  def _signed(self, name: str, outputs: Any) -> stranger.Call:
    """A call of a signature, which has its own name for the default."""
    output = _OUTPUTS[self._handle.task]
    named = {
      stranger.DEFAULT if key == output else f'output {key!r}': value
      for key, value in outputs.items()
    }
    return self._call(name, named)

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """Calls every trace and signature that infers."""
    model, inputs = self._model, tf.constant(images)
    yield self._call('__call__', model(inputs))
    outputs = model(inputs, return_endpoints=True)
    yield self._call('__call__ with endpoints', outputs, has_endpoints=True)
    yield self._call('serve', model.serve(inputs))
    for name, signature in model.signatures.items():
      yield self._signed(name, signature(inputs=inputs))
    for name in self._serving.signatures:
      outputs = self._serving.run(name, images)
      yield self._signed(f'{name} for serving', outputs)

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """Calls every trace that trains, each from the initial state."""
    model, inputs = self._model, tf.constant(images)
    moving = {n: v for n, v in self._variables.items() if not v.trainable}
    default = self._handle.version.momentum
    everything = {
      'training': True,
      'return_endpoints': True,
      'batch_norm_momentum': momentum,
    }
    calls: tuple[tuple[str, float, Callable, dict[str, Any]], ...] = (
      ('with endpoints', momentum, model, everything),
      ('with the default momentum', default, model, {'training': True}),
      ('through `train`', default, model.train, {}),
    )
    for name, used, function, arguments in calls:
      for variable, value in moving.items():
        value.assign(self._initial[variable])
      outputs = function(inputs, **arguments)
      after = {n: v.numpy() for n, v in moving.items()}
      yield self._call(
        f'training {name}',
        outputs,
        has_endpoints=arguments is everything,
        momentum=used,
        moving=after,
      )

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
        _name(variable)
        for variable, gradient in zip(variables, found, strict=True)
        if gradient is None or not np.isfinite(gradient.numpy()).all()
      ]
    return missing
