"""Runs the graphs of a TF1 module, inference and training, in a session."""

from collections.abc import Iterator
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import variable_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter.proof import parts
from exporter.proof import session
from exporter.proof import stranger

_GraphKeys = tf.compat.v1.GraphKeys
_MODULE = b'\x08\x03'  # ModuleDef{format: 3}, which hub.Module asks for.
_IMAGES, _MOMENTUM = 'images', 'batch_norm_momentum'


class _Mode:
  """One of the two graphs, imported into the session below a scope."""

  def __init__(self, model: saved_model_pb2.SavedModel, scope: str, tags: set):
    graphs = [m for m in model.meta_graphs if set(m.meta_info_def.tags) == tags]
    if len(graphs) != 1:
      raise ValueError(f'{len(graphs)} graphs are tagged {sorted(tags)}')
    (self.meta,) = graphs
    self.scope = scope
    self.where = f'the {scope} graph'
    self.losses = self._nodes(_GraphKeys.REGULARIZATION_LOSSES)
    self.updates = self._nodes(_GraphKeys.UPDATE_OPS)

  def _tensor(self, name: str) -> str:
    return f'{self.scope}/{name}'

  def _nodes(self, key: str) -> list[str]:
    listed = self.meta.collection_def[key].node_list.value
    return [self._tensor(name) for name in listed]

  def handles(self, key: str) -> dict[str, str]:
    """The handles of a collection's variables, by the variables' names."""
    variable, handles = variable_pb2.VariableDef(), {}
    for described in self.meta.collection_def[key].bytes_list.value:
      variable.ParseFromString(described)
      name = variable.variable_name
      handles[name.split(':')[0]] = self._tensor(name)
    return handles

  def signatures(self) -> list[str]:
    """The names of the graph's signatures, sorted."""
    return sorted(self.meta.signature_def)

  def inputs(self, name: str) -> dict[str, str]:
    """The names of the tensors that a signature takes, by input."""
    inputs = self.meta.signature_def[name].inputs
    return {key: self._tensor(i.name) for key, i in inputs.items()}

  def feeds(self, name: str, images: np.ndarray, momentum: float) -> dict:
    """Values for a signature's inputs."""
    values = {_IMAGES: images, _MOMENTUM: momentum}
    return {tensor: values[key] for key, tensor in self.inputs(name).items()}

  def fetches(self, name: str) -> dict[str, str]:
    """The names of the tensors that a signature returns, by output."""
    outputs = self.meta.signature_def[name].outputs
    return {key: self._tensor(o.name) for key, o in outputs.items()}

  def call(self, name: str, outputs: Any, *training: Any) -> stranger.Call:
    """Describes a call of a signature, with what it returned."""
    signature = self.meta.signature_def[name]
    tensors = {**signature.outputs, stranger.IMAGES: signature.inputs[_IMAGES]}
    call = stranger.Call(
      f'{name} of {self.where}', stranger.returned_by(name), outputs, *training
    )
    return call._replace(
      shapes={key: session.shape(i.tensor_shape) for key, i in tensors.items()}
    )


class SessionTf1:
  """A TF1 module in a session."""

  def __init__(self, folder: pathlib.Path):
    declared = (folder / 'tfhub_module.pb').read_bytes()
    if declared != _MODULE:
      raise ValueError(
        f'tfhub_module.pb holds {declared!r}, expected {_MODULE!r}'
      )
    self._values = session.Values(folder)
    model = session.read(folder)
    self._inference = _Mode(model, 'inference', set())
    self._modes = [self._inference]
    if len(model.meta_graphs) > 1:
      self._training = _Mode(model, 'training', {'train'})
      self._modes.append(self._training)
    # A variable has the same name in both graphs, so they share it.
    handles = self._inference.handles(_GraphKeys.GLOBAL_VARIABLES)
    trainable = self._modes[-1].handles(_GraphKeys.TRAINABLE_VARIABLES)
    moving = {n: h for n, h in handles.items() if n not in trainable}
    graphs = [parts.Part(m.meta.graph_def, m.scope) for m in self._modes]
    graphs += [
      parts.restoring(handles),
      parts.restoring(moving, parts.RENEW),
      parts.reading(handles),
    ]
    self._session = session.opened(graphs, self._values)

  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value in the files, by its TF-Slim name."""
    self._session.restore(self._values)
    names = self._inference.handles(_GraphKeys.GLOBAL_VARIABLES)
    return self._session.values(names)

  def names(self) -> stranger.Names:
    """The names of variables and signatures that the two graphs list."""

    def collected(*keys: str) -> dict[str, list[str]]:
      return {
        f'{key} of {mode.where}': sorted(mode.handles(key))
        for key in keys
        for mode in self._modes
      }

    return stranger.Names(
      collected(_GraphKeys.GLOBAL_VARIABLES, _GraphKeys.MODEL_VARIABLES),
      collected(_GraphKeys.TRAINABLE_VARIABLES),
      {f'signatures of {m.where}': m.signatures() for m in self._modes},
      len(self._modes) > 1,
    )

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """What every signature of the inference graph returns."""
    mode, feeds = self._inference, {}
    for name in mode.signatures():
      feeds.update(mode.feeds(name, images, 0.5))
    fetches = {name: mode.fetches(name) for name in mode.signatures()}
    tensors = [t for outputs in fetches.values() for t in outputs.values()]
    self._session.restore(self._values)
    answers = self._session.run(tensors, feeds)
    for name, outputs in fetches.items():
      yield mode.call(name, {key: answers[t] for key, t in outputs.items()})

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """What every signature of the training graph returns, and its updates."""
    mode = self._training
    trainable = mode.handles(_GraphKeys.TRAINABLE_VARIABLES)
    variables = mode.handles(_GraphKeys.GLOBAL_VARIABLES)
    moving = sorted(variables.keys() - trainable)
    groups: dict[bool, list[str]] = {}
    momentums: set[str] = set()  # The names of tensors.
    for name in mode.signatures():
      inputs = mode.inputs(name)
      groups.setdefault(_MOMENTUM in inputs, []).append(name)
      momentums.update(t for key, t in inputs.items() if key == _MOMENTUM)
    late = tuple(sorted(momentums))
    fetches = {name: mode.fetches(name) for name in mode.signatures()}
    tensors = [t for outputs in fetches.values() for t in outputs.values()]
    for has_momentum, names in groups.items():
      self._session.restore(self._values)
      feeds = {}
      for name in names:
        feeds.update(mode.feeds(name, images, momentum))
      answers = self._session.update(tensors, mode.updates, feeds, late)
      after = self._session.values(moving)
      for name in names:
        outputs = {key: answers[t] for key, t in fetches[name].items()}
        used = momentum if has_momentum else None
        yield mode.call(name, outputs, used, after)

  def losses(self) -> float:
    """The sum of the regularization losses; NaN if the two graphs differ."""
    self._session.hold(self._values)
    answers = self._session.run([n for m in self._modes for n in m.losses])
    sums = {
      float(sum(answers[name] for name in mode.losses)) for mode in self._modes
    }
    return sums.pop() if len(sums) == 1 else float('nan')
