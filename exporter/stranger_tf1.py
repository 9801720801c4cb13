"""A TF1 module, reloaded graph by graph from its MetaGraphs."""

from collections.abc import Iterator
import functools
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import reference
from exporter import stranger
from model_specs import spec

_v1 = tf.compat.v1
_GraphKeys = _v1.GraphKeys
_MODULE = b'\x08\x03'  # ModuleDef{format: 3}, which hub.Module asks for.


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
      self.updates = _v1.get_collection(_GraphKeys.UPDATE_OPS)
    self.restore()

  def collected(self, key: str) -> frozenset[str]:
    """Names of the variables in a collection."""
    return frozenset(v.op.name for v in self.graph.get_collection(key))

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
    declared = (folder / 'tfhub_module.pb').read_bytes()
    if declared != _MODULE:
      raise ValueError(
        f'tfhub_module.pb holds {declared!r}, expected {_MODULE!r}'
      )
    self._inference = _Mode(folder, set())
    self._training = _Mode(folder, {'train'})
    self._modes = {
      'the inference graph': self._inference,
      'the training graph': self._training,
    }

  @functools.cached_property
  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""
    mode = self._inference
    return mode.session.run(mode.variables)

  @property
  def names(self) -> stranger.Names:
    """What the two graphs list."""
    modes = self._modes.items()
    return stranger.Names(
      variables={
        f'{key} of {where}': mode.collected(key)
        for where, mode in modes
        for key in (_GraphKeys.GLOBAL_VARIABLES, _GraphKeys.MODEL_VARIABLES)
      },
      trainable={
        f'{_GraphKeys.TRAINABLE_VARIABLES} of {where}': frozenset(
          mode.trainable
        )
        for where, mode in modes
      },
      signatures={
        f'signatures of {where}': frozenset(mode.signatures)
        for where, mode in modes
      },
    )

  def _call(
    self, where: str, signature: str, outputs: Any, **kwargs: Any
  ) -> stranger.Call:
    default = stranger.default_output(self._handle)
    if signature.startswith('image_feature_vector'):
      default = reference.FEATURES
    has_endpoints = signature != 'default'
    return stranger.Call(
      f'{signature} of {where}', outputs, default, has_endpoints, **kwargs
    )

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """Calls every signature of the inference graph."""
    mode = self._inference
    for name in mode.signatures:
      feeds = mode.feeds(name, images=images, batch_norm_momentum=0.5)
      outputs = mode.session.run(mode.fetches(name), feeds)
      yield self._call('the inference graph', name, outputs)

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """Calls every signature of the training graph, with its updates."""
    mode = self._training
    moving = {
      n: v for n, v in mode.variables.items() if n not in mode.trainable
    }
    for name in mode.signatures:
      mode.restore()
      feeds = mode.feeds(name, images=images, batch_norm_momentum=momentum)
      outputs, _ = mode.session.run(
        (mode.fetches(name), list(mode.updates)), feeds
      )
      is_passed = name.endswith('_with_bn_hparams')
      yield self._call(
        'the training graph',
        name,
        outputs,
        momentum=momentum if is_passed else self._handle.version.momentum,
        moving=mode.session.run(moving),
      )

  def losses(self) -> float:
    """The sum of the regularization losses, equal in both graphs."""
    sums = {
      float(sum(mode.session.run(mode.losses))) for mode in self._modes.values()
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
