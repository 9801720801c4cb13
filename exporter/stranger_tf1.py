"""A TF1 module, reloaded graph by graph from its MetaGraphs."""

from collections.abc import Iterator
import functools
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import stranger
from model_specs import spec

_v1 = tf.compat.v1
_IMAGES = 'images'
_MOMENTUM = 'batch_norm_momentum'


def _find(folder: pathlib.Path, tags: set[str]) -> meta_graph_pb2.MetaGraphDef:
  model = saved_model_pb2.SavedModel.FromString(
    (folder / 'saved_model.pb').read_bytes()
  )
  (meta,) = (m for m in model.meta_graphs if set(m.meta_info_def.tags) == tags)
  return meta


class _Mode:
  """One of the module's two graphs, with its variables restored."""

  def __init__(self, folder: pathlib.Path, tags: set[str]):
    self._prefix = str(folder / 'variables' / 'variables')
    self.graph = tf.Graph()
    self.session = _v1.Session(graph=self.graph)
    meta = _find(folder, tags)
    self.signatures = dict(sorted(meta.signature_def.items()))
    with self.graph.as_default():
      self._saver = _v1.train.import_meta_graph(meta)
      self.variables = {v.op.name: v for v in _v1.global_variables()}
      self.trainable = {v.op.name: v for v in _v1.trainable_variables()}
      self.losses = _v1.losses.get_regularization_losses()
      self.updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    self.restore()

  def restore(self) -> None:
    """Sets every variable as the module came."""
    with self.graph.as_default():
      self._saver.restore(self.session, self._prefix)

  def feeds(self, name: str, **values: Any) -> dict[str, Any]:
    """Values for the inputs that a signature has."""
    inputs = self.signatures[name].inputs
    return {i.name: values[key] for key, i in inputs.items()}

  def fetches(self, name: str) -> dict[str, str]:
    """The outputs of a signature."""
    outputs = self.signatures[name].outputs
    return {key: output.name for key, output in outputs.items()}


class StrangerTf1:
  """Meets a TF1 module."""

  def __init__(self, handle: spec.Handle, folder: pathlib.Path):
    self._handle = handle
    self._inference = _Mode(folder, set())
    self._training = _Mode(folder, {'train'})

  @functools.cached_property
  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""
    mode = self._inference
    return mode.session.run(mode.variables)

  @property
  def trainable(self) -> frozenset[str]:
    """Names of the variables offered for training."""
    return frozenset(self._training.trainable)

  def _name(self, signature: str, outputs: Any) -> dict[str, np.ndarray]:
    features = signature.startswith('image_feature_vector')
    return stranger.name_default(self._handle, outputs, features)

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """Calls every signature of the inference graph."""
    mode = self._inference
    for name in mode.signatures:
      feeds = mode.feeds(name, images=images, batch_norm_momentum=0.5)
      outputs = mode.session.run(mode.fetches(name), feeds)
      yield stranger.Call(name, self._name(name, outputs))

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """Calls every signature of the training graph, with its updates."""
    mode = self._training
    moving = {
      n: v for n, v in mode.variables.items() if n not in mode.trainable
    }
    for name, signature in mode.signatures.items():
      mode.restore()
      feeds = mode.feeds(name, images=images, batch_norm_momentum=momentum)
      outputs, _ = mode.session.run(
        (mode.fetches(name), list(mode.updates)), feeds
      )
      used = self._handle.version.momentum
      if _MOMENTUM in signature.inputs:
        used = momentum
      yield stranger.Call(
        f'{name} in training',
        self._name(name, outputs),
        used,
        mode.session.run(moving),
      )

  def losses(self) -> float:
    """The sum of the regularization losses, equal in both graphs."""
    sums = {
      float(sum(mode.session.run(mode.losses)))
      for mode in (self._inference, self._training)
    }
    (total,) = sums if len(sums) == 1 else (float('nan'),)
    return total

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches."""
    mode = self._training
    mode.restore()
    output = mode.graph.get_tensor_by_name(mode.fetches('default')['default'])
    with mode.graph.as_default():
      loss = tf.reduce_sum(tf.square(output))
      found = _v1.gradients(loss, list(mode.trainable.values()))
    gradients = {
      name: gradient
      for name, gradient in zip(mode.trainable, found, strict=True)
      if gradient is not None
    }
    values = mode.session.run(gradients, mode.feeds('default', images=images))
    finite = {n for n, value in values.items() if np.isfinite(value).all()}
    return [name for name in mode.trainable if name not in finite]
