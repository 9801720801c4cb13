"""Loads and calls an artifact as a stranger would, with TensorFlow alone.

It imports nothing of slimhub, and runs in any environment, back to Python 3.7
with TensorFlow 1.15: `python stranger.py FOLDER` reads FOLDER/request.json and
writes answers beside it, numbers and names as JSON, arrays as .npz.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
import json
import pathlib
import sys
from typing import Any
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

REQUEST, ANSWER, TRAINING = 'request.json', 'answer.json', 'training'
# What a call returns: the default output alone, all endpoints and the default
# output, all endpoints and the features, or the one output of a TF2 signature.
DEFAULT, ENDPOINTS = 'default', 'endpoints'
FEATURES, SIGNATURE = 'features', 'signature'
IMAGES = 'images'
_v1 = tf.compat.v1


class Call(NamedTuple):
  """A call of an artifact, and what it returned."""

  name: str
  returns: str  # DEFAULT, ENDPOINTS, FEATURES or SIGNATURE.
  outputs: Mapping[str, Any]  # Arrays, by name.
  momentum: float | None = None  # None: the default of the version.
  moving: Mapping[str, Any] = {}  # The moving averages after training.
  # The shapes that the artifact declares, of the images and of the outputs.
  shapes: Mapping[str, Any] = {}


class Names(NamedTuple):
  """The names that an artifact lists, by the place that lists them."""

  variables: dict[str, list[str]]
  trainable: dict[str, list[str]]
  signatures: dict[str, list[str]]
  trains: bool = True  # Whether anything that trains is there.


def returned_by(signature: str) -> str:
  """What a signature of a TF1 module returns, in the words of Call.returns."""
  if signature == 'default':
    return DEFAULT
  return FEATURES if 'feature_vector' in signature else ENDPOINTS


def _name(variable: Any) -> str:
  return variable.name.split(':')[0]


class _Mode:
  """One of a module's graphs, with its variables restored."""

  def __init__(self, folder: pathlib.Path, meta: Any, where: str):
    self.where, self.graph = where, tf.Graph()
    self._prefix = str(folder / 'variables' / 'variables')
    self.session = _v1.Session(graph=self.graph)
    self.signatures = dict(sorted(meta.signature_def.items()))
    with self.graph.as_default():
      self._saver = _v1.train.import_meta_graph(meta)
      self.variables = {_name(v): v for v in _v1.global_variables()}
      self.trainable = {_name(v): v for v in _v1.trainable_variables()}
      self.losses = _v1.losses.get_regularization_losses()
      self.updates = _v1.get_collection(_v1.GraphKeys.UPDATE_OPS)
    self.restore()

  def restore(self) -> None:
    """Sets every variable to its value in the files."""
    with self.graph.as_default():
      self._saver.restore(self.session, self._prefix)

  def feeds(self, name: str, **values: Any) -> dict[str, Any]:
    """Values for the inputs that a signature has."""
    inputs = self.signatures[name].inputs
    return {i.name: values[key] for key, i in inputs.items()}

  def fetches(self, name: str) -> dict[str, str]:
    """The names of the tensors that a signature returns, by output."""
    outputs = self.signatures[name].outputs
    return {key: output.name for key, output in outputs.items()}

  def call(self, name: str, outputs: Any, *training: Any) -> Call:
    """Describes a call of a signature, with what it returned."""
    where = f'{name} of {self.where}'
    return Call(where, returned_by(name), outputs, *training)


class StrangerTf1:
  """A TF1 module, loaded by `import_meta_graph`."""

  def __init__(self, folder: pathlib.Path):
    data = (folder / 'saved_model.pb').read_bytes()
    metas = saved_model_pb2.SavedModel.FromString(data).meta_graphs
    tags = [list(meta.meta_info_def.tags) for meta in metas]
    if tags not in ([[]], [[], ['train']]):
      raise ValueError(f'graphs are tagged {tags}')
    places = ('the inference graph', 'the training graph')
    self._modes = [_Mode(folder, *each) for each in zip(metas, places)]

  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""
    return self._modes[0].session.run(self._modes[0].variables)

  def names(self) -> Names:
    """The names that the two graphs list."""
    names = {
      f'{key} of {mode.where}': sorted(
        map(_name, mode.graph.get_collection(key))
      )
      for key in ('variables', 'model_variables', 'trainable_variables')
      for mode in self._modes
    }
    trainable = {k: v for k, v in names.items() if k.startswith('trainable')}
    return Names(
      {k: v for k, v in names.items() if k not in trainable},
      trainable,
      {f'signatures of {m.where}': sorted(m.signatures) for m in self._modes},
      len(self._modes) > 1,
    )

  def infer(self, images: np.ndarray) -> Iterator[Call]:
    """Calls every signature of the inference graph."""
    mode = self._modes[0]
    for name in mode.signatures:
      feeds = mode.feeds(name, images=images, batch_norm_momentum=0.5)
      yield mode.call(name, mode.session.run(mode.fetches(name), feeds))

  def train(self, images: np.ndarray, momentum: float) -> Iterator[Call]:
    """Calls every signature of the training graph, from the initial state."""
    mode = self._modes[-1]
    moving = {
      n: v for n, v in mode.variables.items() if n not in mode.trainable
    }
    for name in mode.signatures:
      mode.restore()
      feeds = mode.feeds(name, images=images, batch_norm_momentum=momentum)
      fetches = (mode.fetches(name), list(mode.updates))
      outputs, _ = mode.session.run(fetches, feeds)
      used = momentum if name.endswith('_with_bn_hparams') else None
      yield mode.call(name, outputs, used, mode.session.run(moving))

  def losses(self) -> float:
    """The sum of the regularization losses; NaN if the two graphs differ."""
    sums = {float(sum(m.session.run(m.losses))) for m in self._modes}
    return sums.pop() if len(sums) == 1 else float('nan')

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches."""
    mode = self._modes[-1]
    mode.restore()
    output = mode.graph.get_tensor_by_name(mode.fetches('default')['default'])
    with mode.graph.as_default():
      loss = tf.reduce_sum(tf.square(output))
      tensors = _v1.gradients(loss, list(mode.trainable.values()))
    gradients = {n: g for n, g in zip(mode.trainable, tensors) if g is not None}
    values = mode.session.run(gradients, mode.feeds('default', images=images))
    finite = {n for n, value in values.items() if np.isfinite(value).all()}
    return [name for name in mode.trainable if name not in finite]


class StrangerTf2:
  """A TF2 SavedModel, loaded by `saved_model.load`."""

  def __init__(self, folder: pathlib.Path):
    self._model = tf.compat.v2.saved_model.load(str(folder))
    self._variables = {_name(v): v for v in self._model.variables}
    self._moving = {n: v for n, v in self._variables.items() if not v.trainable}
    self._initial = {n: v.numpy() for n, v in self._moving.items()}

  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""
    return {n: v.numpy() for n, v in self._variables.items()}

  def names(self) -> Names:
    """The names that the objects list."""
    model = self._model
    flagged = (n for n, v in self._variables.items() if v.trainable)
    return Names(
      {'variables': sorted(self._variables)},
      {
        'trainable_variables': sorted(map(_name, model.trainable_variables)),
        'variables flagged as trainable': sorted(flagged),
      },
      {'signatures': sorted(model.signatures)},
      hasattr(model, 'train'),
    )

  def _call(self, name: str, outputs: Any, *training: Any) -> Call:
    if not isinstance(outputs, dict):
      return Call(name, DEFAULT, {DEFAULT: outputs.numpy()}, *training)
    arrays = {key: tensor.numpy() for key, tensor in outputs.items()}
    return Call(name, ENDPOINTS, arrays, *training)

  def infer(self, images: np.ndarray) -> Iterator[Call]:
    """Calls every trace and signature that infers."""
    model, inputs = self._model, tf.constant(images)
    yield self._call('__call__', model(inputs))
    endpoints = model(inputs, return_endpoints=True)
    yield self._call('__call__ with endpoints', endpoints)
    yield self._call('serve', model.serve(inputs))
    for name, signature in model.signatures.items():
      call = self._call(name, signature(inputs=inputs))
      yield call._replace(returns=SIGNATURE)

  def train(self, images: np.ndarray, momentum: float) -> Iterator[Call]:
    """Calls every trace that trains, from the initial state."""
    model, inputs = self._model, tf.constant(images)
    everything = {
      'training': True,
      'return_endpoints': True,
      'batch_norm_momentum': momentum,
    }
    calls: tuple[tuple[str, Any, dict[str, Any]], ...] = (
      ('with endpoints', model, everything),
      ('with the default momentum', model, {'training': True}),
      ('through `train`', model.train, {}),
    )
    for name, function, arguments in calls:
      for variable, value in self._moving.items():
        value.assign(self._initial[variable])
      outputs = function(inputs, **arguments)
      after = {n: v.numpy() for n, v in self._moving.items()}
      used = arguments.get('batch_norm_momentum')
      yield self._call(f'training {name}', outputs, used, after)

  def losses(self) -> float:
    """The sum of the regularization losses."""
    return sum(float(loss()) for loss in self._model.regularization_losses)

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reaches, for two losses."""
    variables = self._model.trainable_variables
    missing = []
    for power in (2, 1) if variables else ():
      with tf.GradientTape() as tape:  # A persistent tape takes much memory.
        output = self._model(tf.constant(images), training=True)
        loss = tf.reduce_sum(output**power)
      gradients = tape.gradient(loss, variables)
      missing += [
        _name(variable)
        for variable, gradient in zip(variables, gradients)
        if gradient is None or not np.isfinite(gradient.numpy()).all()
      ]
    return missing


def meet(folder: pathlib.Path, artifact_format: str) -> Any:
  """Loads an artifact of the format `hub` (TF1) or `saved_model_2` (TF2)."""
  return (StrangerTf1 if artifact_format == 'hub' else StrangerTf2)(folder)


def _keep(call: Call, folder: pathlib.Path, number: str) -> dict[str, Any]:
  """Writes the arrays of a call to files; returns the rest of it, for JSON."""
  for kind, arrays in (('outputs', call.outputs), ('moving', call.moving)):
    np.savez(str(folder / f'{number}_{kind}.npz'), **arrays)
  return {'call': [call.name, call.returns, call.momentum], 'number': number}


def answer(folder: pathlib.Path) -> None:
  """Reads a request, carries it out and writes the answers."""
  request = json.loads((folder / REQUEST).read_text())
  artifact = meet(pathlib.Path(request['artifact']), request['format'])
  np.savez(str(folder / 'variables.npz'), **artifact.variables())
  calls = {}
  for example in request['examples']:
    images = np.load(str(folder / f'{example}.npy'))
    if example == TRAINING:
      answers = artifact.train(images, request['momentum'])
    else:
      answers = artifact.infer(images)
    calls[example] = [
      _keep(call, folder, f'{example}_{number}')
      for number, call in enumerate(answers)
    ]
  result = {
    'tensorflow': tf.__version__,
    'names': artifact.names()._asdict(),
    'calls': calls,
    'losses': artifact.losses(),
    'missing gradients': artifact.missing_gradients(images),
  }
  (folder / ANSWER).write_text(json.dumps(result))


if __name__ == '__main__':
  if tf.__version__.startswith('1.'):
    _v1.enable_v2_behavior()
  answer(pathlib.Path(sys.argv[1]))
