"""Writes artifacts for the clients, with what the source makes of images.

A case has the network that its name says, or a tiny one in its place: of the
same format, version and task, so that a client does the same with it in a
fourth of the time.
"""

from collections.abc import Mapping
import fcntl
import json
import pathlib
from typing import Any

import numpy as np

from exporter import networks
from exporter.artifacts import graph as graph_lib
from exporter.checkpoints import synthetic
from model_specs import spec
from model_specs import versions
from tests import artifacts_made as artifacts
from tests import tiny_network

# Every version, both networks, both tasks.
NAMES = (
  f'{artifacts.V1}/feature_vector/1',
  f'{artifacts.V2}/classification/2',
  f'{artifacts.V1}/classification/3',
  f'{artifacts.V2}/feature_vector/3',
  f'{artifacts.V2}/classification/4',
  f'{artifacts.V1}/feature_vector/5',
  f'{artifacts.V2}/classification/5',
)
OF_FIXED_SIZE = 'mobilenet_v3_small_075_224/classification/5'

_BATCH = 8
_FEW = 2  # Endpoints are large.
_SIZES = ((96, 96), (96, 160), (224, 128), (320, 320))
_CLASSES = 3
_EXAMPLES = 4  # Of each class.
# Rates of learning. The loss of a network with untrained weights is steep: at
# 0.05, rounding decides whether it rises in a step. That of the tiny network
# falls in each of them.
_RATE = 0.01
_TINY_RATE = 0.1
_COLOURS = np.eye(_CLASSES, dtype=np.float32)

_Arrays = dict[str, np.ndarray]


def named(*, version_format: str) -> tuple[str, ...]:
  """The artifacts of one format, as NAME/TASK/VERSION."""
  return tuple(
    name
    for name in NAMES
    if artifacts.handle(name).version.format == version_format
  )


def _coloured_noise(size: int) -> tuple[np.ndarray, np.ndarray]:
  """Images that are easy to tell apart, and their classes."""
  labels = np.arange(_CLASSES * _EXAMPLES, dtype=np.int32) % _CLASSES
  noise = synthetic.synthetic_images(len(labels), size, size, seed=3)
  colours = _COLOURS[labels][:, None, None, :]
  return 0.5 * noise + 0.5 * colours, labels


def _scoped(source: networks.Source, handle: spec.Handle) -> dict[str, Any]:
  """The endpoints that the artifact answers."""
  endpoints = source.scoped_endpoints(handle.spec.family.scope)
  return {name: endpoints[name] for name in handle.endpoints}


def _prefixed(prefix: str, arrays: Mapping[str, np.ndarray]) -> _Arrays:
  return {f'{prefix}:{key}': value for key, value in arrays.items()}


def _inference(source: networks.Source, handle: spec.Handle) -> _Arrays:
  is_classifier = handle.task == versions.CLASSIFICATION
  default = source.logits if is_classifier else source.features
  size = handle.spec.size
  images = synthetic.synthetic_images(_BATCH, size, size)
  few = images[:_FEW]
  arrays = {
    'images': images,
    'default': source.run(default, images),
    'few': source.run(default, few),
    'features': source.run(source.features, few),
    **_prefixed('endpoint', source.run(_scoped(source, handle), few)),
  }
  for height, width in _SIZES if handle.variable_size else ():
    other_images = synthetic.synthetic_images(2, height, width)
    arrays[f'images_{height}x{width}'] = other_images
    arrays[f'size:{height}x{width}'] = source.run(default, other_images)
  return arrays


def _training(
  source: networks.Source, handle: spec.Handle, old: _Arrays
) -> _Arrays:
  """What a step at momentum 0 leaves is the statistics of its batch."""
  size = handle.spec.size
  images = synthetic.synthetic_images(_BATCH, size, size)
  coloured, labels = _coloured_noise(size)
  outputs = _scoped(source, handle)
  for name in handle.spec.family.classifier_endpoints:  # Behind dropout.
    outputs.pop(f'{handle.spec.family.scope}/{name}', None)
  answers, _ = source.run((outputs, source.updates), images)
  return {
    'tuning_images': coloured,
    'labels': labels,
    **_prefixed('training', {k: v[:_FEW] for k, v in answers.items()}),
    **_prefixed('old', {name: old[name] for name in source.moving}),
    **_prefixed('batch', source.run(source.moving, images)),
  }


def _facts(
  name: str, written: str, path: pathlib.Path, losses: float
) -> dict[str, Any]:
  handle = artifacts.handle(written)
  version = handle.version
  inference, training = artifacts.graphs(written)
  return {
    'name': name,
    'path': str(path),
    'scope': handle.spec.family.scope,
    'size': handle.spec.size,
    'width': handle.num_outputs,
    'classifies': handle.task == versions.CLASSIFICATION,
    'signatures': version.signatures(handle.task),
    'momentum': version.momentum,
    'configurable_momentum': version.configurable_momentum,
    'variable_size': handle.variable_size,
    'counts': {
      'variables': len(inference.variables),
      'trainable': sum(v.trainable for v in inference.variables),
      'losses': len(inference.losses),
      'updates': len(training.updates),
    },
    'regularization': losses,
    'rate': _RATE if name == written else _TINY_RATE,
    'is_small': name.startswith(artifacts.V1),
  }


def _losses(source: networks.Source, graph: graph_lib.Graph) -> float:
  """The sum over the losses that the artifact has."""
  loss_ops = {graph_lib.op_name(name) for name in graph.losses}
  losses = [loss for loss in source.losses if loss.op.name in loss_ops]
  images = np.zeros([1, 96, 96, 3], np.float32)
  return float(sum(source.run(losses, images)))


def stand_in(name: str) -> str:
  """The tiny network's artifact that is like NAME/TASK/VERSION."""
  _, _, rest = name.partition('/')
  handle = artifacts.handle(name)
  has_one_size = not handle.spec.family.variable_size
  model = tiny_network.OF_ONE_SIZE if has_one_size else tiny_network.CERTAIN
  return f'{model.name}/{rest}'


def write(name: str, folder: pathlib.Path, *, is_tiny: bool = False) -> None:
  """Writes the case of NAME/TASK/VERSION: artifact, case.json, arrays.npz."""
  written = stand_in(name) if is_tiny else name
  handle, tensors = artifacts.handle(written), artifacts.tensors(written)
  inference, training = artifacts.sources(handle.spec)
  for source in (inference, training):
    source.load(tensors)
  path = folder / 'artifact'
  path.mkdir(parents=True)
  artifacts.write(written, path)
  arrays = {
    **_inference(inference, handle),
    **_training(training, handle, tensors),
  }
  np.savez(folder / 'arrays.npz', **arrays)  # type: ignore[arg-type]
  losses = _losses(inference, artifacts.graphs(written)[0])
  facts = _facts(name, written, path, losses)
  (folder / 'case.json').write_text(json.dumps(facts))


def once(
  name: str, root: pathlib.Path, *, is_tiny: bool = False
) -> pathlib.Path:
  """The case of NAME/TASK/VERSION below a folder that processes share."""
  folder = root / name.replace('/', '-')
  stamp = folder / 'written'  # Last of all: what has it is whole.
  root.mkdir(parents=True, exist_ok=True)
  with (root / f'{folder.name}.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not stamp.exists():
      write(name, folder, is_tiny=is_tiny)
      stamp.touch()
  return folder
