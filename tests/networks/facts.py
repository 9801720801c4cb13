"""What the tests of networks ask of each model, found out once a run.

To build a large network takes half a minute and a gigabyte. Here each is built
by TF-Slim, once for all that is asked of it, and what stays is plain data.
"""

import dataclasses
import functools
import math
from typing import Any

import numpy as np
import tensorflow as tf

from exporter import memory
from exporter import networks
from exporter.artifacts import graph as graph_lib
from exporter.checkpoints import synthetic
import model_specs
from tests import oracles
from tests import shared
from tests.networks import afresh

# As the original code has it; the oracles cannot tell. A ResNet has no dropout,
# CifarNet and NASNet-A for CIFAR none before their classifiers.
KEEP_PROBABILITY = {
  'mobilenet_v1': 0.999,
  **dict.fromkeys(
    (
      *('inception_resnet_v2', 'inception_v1', 'inception_v2', 'inception_v3'),
      *('inception_v4', 'mobilenet_edgetpu', 'mobilenet_v2'),
      *('mobilenet_v2_narrow_end', 'mobilenet_v3_large'),
      *('mobilenet_v3_large_minimalistic', 'mobilenet_v3_large_narrow_end'),
      *('mobilenet_v3_small', 'mobilenet_v3_small_minimalistic'),
      'mobilenet_v3_small_narrow_end',
    ),
    0.8,
  ),
  **dict.fromkeys(
    (
      *('lenet', 'nasnet_large', 'nasnet_mobile', 'pnasnet_large'),
      *('pnasnet_mobile', 'alexnet_v2', 'overfeat', 'vgg_16', 'vgg_19'),
      'vgg_a',
    ),
    0.5,
  ),
}
# One model of each network, where there is one that an oracle knows.
NETWORKS: dict[str, str] = {}
for _name in (*oracles.NAMES, *oracles.PEERS):
  NETWORKS.setdefault(oracles.model(_name).network, _name)
for _model in model_specs.NETWORKS.values():
  if not _model.family.is_quantized:  # Of those quantized_test.py sees to all.
    NETWORKS.setdefault(_model.network, _model.name)


@dataclasses.dataclass(frozen=True)
class Mode:
  """The network in one mode."""

  shapes: dict[str, tuple[int, ...]]
  trainable: frozenset[str]
  num_updates: int
  losses: tuple[frozenset[str], ...]  # The variables of each.
  random_ops: tuple[str, ...]
  is_random: bool  # Whether its logits are.
  endpoints: tuple[str, ...]  # Scoped.
  num_features: int
  operations: frozenset[str]  # Of all that an export may have of it.


@dataclasses.dataclass(frozen=True)
class Step:
  """The features of four images, and the statistics a training step left."""

  features: np.ndarray
  moving: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Dropout:
  """The pooled features, and what dropout leaves of them."""

  pooled: np.ndarray
  dropped: np.ndarray


@dataclasses.dataclass(frozen=True)
class Facts:
  """All that tests ask of a model; None where no test asks."""

  inference: Mode
  variables: tuple[graph_lib.Variable, ...]  # Of the exported classifier.
  widths: tuple[int, int]  # Its features and logits.
  multiply_adds: dict[str, int]  # By op, for one image.
  digest: str  # Of the inference network, as plain data.
  training_digest: str = ''  # Of the training network.
  filled: np.ndarray | None = None  # Logits of pictures, synthetic weights.
  outputs: dict[str, np.ndarray] | None = None
  endpoints: dict[str, tuple[list[int], float, float]] | None = None
  sum_of_losses: float | None = None
  training: Mode | None = None
  step: Step | None = None
  dropout: Dropout | None = None


def _variables(tensor: tf.Tensor) -> set[str]:
  """What a tensor is computed from."""
  if tensor.op.type == 'VarHandleOp':
    return {tensor.op.name}
  return set().union(*map(_variables, tensor.op.inputs))


def _operations(source: networks.Source) -> frozenset[str]:
  definition = source.graph.as_graph_def()
  tensors = (source.logits, source.features, *source.endpoints.values())
  updates = [update.name for update in source.updates]
  targets = [*(t.name for t in (*tensors, *source.losses)), *updates]
  needed = graph_lib.reachable(graph_lib.inputs_of(definition), targets)
  return frozenset(n.op for n in definition.node if n.name in needed)


def _mode(source: networks.Source, model: model_specs.ModelSpec) -> Mode:
  return Mode(
    source.shapes,
    source.trainable,
    len(source.updates),
    tuple(frozenset(_variables(loss)) for loss in source.losses),
    tuple(
      op.name
      for op in source.graph.get_operations()
      if op.type.startswith(('Random', 'Truncated'))
    ),
    source.is_random(source.logits),
    tuple(source.scoped_endpoints(model.family.scope)),
    source.features.shape[-1],
    _operations(source),
  )


def _cost(op: tf.Operation) -> int:
  if op.type in ('Conv2D', 'DepthwiseConv2dNative'):
    _, height, width, _ = op.outputs[0].shape
    return height * width * math.prod(op.inputs[1].shape)
  if op.type == 'MatMul':
    return math.prod(op.inputs[1].shape)
  if op.type == 'Mean':
    return math.prod(op.inputs[0].shape[1:])
  return 0


def _counted(
  source: networks.Source, model: model_specs.ModelSpec
) -> dict[str, Any]:
  # Of one size, whatever its versions take.
  family = dataclasses.replace(model.family, variable_size=False)
  fixed = dataclasses.replace(model, family=family)
  handle = model_specs.Handle(fixed, 'classification', family.versions[0])
  graph = graph_lib.build_graph(source, handle)
  with tf.Graph().as_default() as live:
    tf.import_graph_def(graph.definition, name='')
  features, logits = (
    live.get_tensor_by_name(name).shape[-1]
    for name in (graph.features, graph.default)
  )
  return {
    'variables': graph.variables,
    'widths': (features, logits),
    'multiply_adds': {op.name: _cost(op) for op in live.get_operations()},
  }


def _mapped_back(
  images: np.ndarray, preprocessing: model_specs.Preprocessing
) -> np.ndarray:
  """Images that the source maps to what these would be in [-1, 1]."""
  if preprocessing == model_specs.FROM_MINUS_1_TO_1:
    return images
  offset = np.array(preprocessing.offset)
  mapped = (images * 2.0 - 1.0 + offset) / preprocessing.factor
  return mapped.astype(np.float32)


def _computed(source: networks.Source, name: str) -> dict[str, Any]:
  """What an oracle or another implementation is compared with."""
  model = oracles.model(name)
  size = model.size
  images = synthetic.synthetic_images(
    2, size, size, channels=model.family.channels
  )
  source.load(oracles.tensors(name, source.shapes))
  outputs, endpoints = source.run(
    ({'logits': source.logits, 'features': source.features}, source.endpoints),
    _mapped_back(images, model.family.preprocessing),
  )
  if isinstance(model.family.preprocessing.offset, tuple):
    own = {'own_logits': source.logits, 'own_features': source.features}
    outputs |= source.run(own, images)
  facts: dict[str, Any] = {
    'outputs': outputs,
    'endpoints': {
      key: (list(value.shape), float(np.mean(value)), float(np.std(value)))
      for key, value in endpoints.items()
    },
  }
  if name in (*oracles.TRAINED, *oracles.STATISTICS):
    images = synthetic.synthetic_images(1, 32, 32)
    facts['sum_of_losses'] = float(sum(source.run(source.losses, images)))
  source.unload()
  return facts


def _filled(
  source: networks.Source, model: model_specs.ModelSpec
) -> np.ndarray:
  source.load(synthetic.tensors(source.shapes))
  pictures = synthetic.synthetic_pictures(
    3, model.size, model.family.channels
  ) / np.float32(255)
  logits = source.run(source.logits, pictures)
  source.unload()
  return logits


def _step(source: networks.Source, size: int) -> Step:
  images = synthetic.synthetic_images(4, size, size, seed=2)
  features, _ = source.run(
    (source.features, source.updates), images, oracles.MOMENTUM
  )
  return Step(features, source.run(source.moving, images))


def _dropout(source: networks.Source, model: model_specs.ModelSpec) -> Dropout:
  classifier = [
    op
    for op in source.graph.get_operations()
    if op.name.startswith(model.family.classifier)
    and op.type in ('Conv2D', 'MatMul')
  ]
  tensor = source.endpoints[source.pooled]
  pooled = np.linspace(1, 2, 64 * tensor.shape[-1], dtype=np.float32)
  pooled = pooled.reshape([64, *tensor.shape[1:]])
  with tf.compat.v1.Session(graph=source.graph) as session:
    dropped = session.run(classifier[-1].inputs[0], {tensor: pooled})
  return Dropout(pooled.reshape(64, -1), dropped.reshape(64, -1))


def _drops(model: model_specs.ModelSpec) -> bool:
  return model.network in KEEP_PROBABILITY


def _trained(name: str) -> dict[str, Any]:
  model = oracles.model(name)
  source, digest = afresh.built(networks.architecture(model), True)
  facts: dict[str, Any] = {
    'training': _mode(source, model),
    'training_digest': digest,
  }
  if name in oracles.TRAINED:
    source.load(oracles.tensors(name, source.shapes))
    facts['step'] = _step(source, model.size)
    source.unload()
  if NETWORKS.get(model.network) == name and _drops(model):
    facts['dropout'] = _dropout(source, model)
  return facts


def _inferred(name: str) -> dict[str, Any]:
  model = oracles.model(name)
  # Models of one architecture follow each other: this is built once for them.
  source, digest = afresh.built(networks.architecture(model), False)
  facts: dict[str, Any] = {
    'inference': _mode(source, model),
    'digest': digest,
    **_counted(source, model),
  }
  if name in (*oracles.NAMES, *oracles.PEERS, *oracles.STATISTICS):
    facts |= _computed(source, name)
  if name in oracles.FILLED:
    facts['filled'] = _filled(source, model)
  return facts


def _compute(name: str) -> Facts:
  model = oracles.model(name)
  facts = _inferred(name)
  if model.multiplier is None:  # No other model has this architecture.
    afresh.built.cache_clear()
    memory.give_back()
  is_first = NETWORKS.get(model.network) == name
  is_known = name in (*oracles.NAMES, *oracles.STATISTICS, *afresh.PUBLISHED)
  if is_known or (is_first and _drops(model)):
    facts |= _trained(name)
  return Facts(**facts)


@functools.cache
def of(name: str) -> Facts:
  """The facts of a model, whichever process of the run found them out."""
  return shared.value(f'networks/{name}', lambda: _compute(name))
