"""Artifacts with synthetic weights, each written once a run of the tests.

The folders are shared: a test that breaks one breaks its own copy.
"""

from collections.abc import Iterator
import contextlib
import functools
import pathlib
import shutil

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import networks
from exporter.artifacts import graph
from exporter.artifacts import tf1_module
from exporter.artifacts import tf2_model
from exporter.checkpoints import synthetic
from exporter.proof import reference as reference_lib
import model_specs
from model_specs import spec
from model_specs import versions
from tests import shared
from tests import some_exports
from tests import tiny_network

TINY = tiny_network.MODEL.name
V1 = 'mobilenet_v1_025_128'
V2 = 'mobilenet_v2_035_96'


def handle(name: str) -> spec.Handle:
  """The handle of NAME/TASK/VERSION; NAME may be a tiny network's."""
  model, task, number = name.split('/')
  if model in tiny_network.BY_NAME:
    return spec.Handle(tiny_network.BY_NAME[model], task, int(number))
  return model_specs.get(f'google/imagenet/{name}')


def handles(*models: str, version_format: str) -> list[str]:
  """NAME/TASK/VERSION of all versions of some models in one format."""
  return [
    f'{model}/{task}/{number}'
    for model in models
    for task in versions.TASKS
    for number in handle(f'{model}/{task}/1').spec.family.versions
    if versions.BY_NUMBER[number].format == version_format
  ]


@functools.cache
def _sources(
  architecture: networks.Architecture,
) -> tuple[networks.Source, networks.Source]:
  with tiny_network.registered():
    inference = networks.build(architecture, False)
    return inference, networks.build(architecture, True)


def sources(model: spec.ModelSpec) -> tuple[networks.Source, networks.Source]:
  """The networks of a model: inference and training."""
  return _sources(networks.architecture(model))


def graphs(name: str) -> tuple[graph.Graph, graph.Graph]:
  """The graphs of NAME/TASK/VERSION: inference and training."""
  wanted = handle(name)
  inference, training = sources(wanted.spec)
  return graph.build_graph(inference, wanted), graph.build_graph(
    training, wanted
  )


def tensors(name: str) -> dict[str, np.ndarray]:
  """The weights that the artifact of NAME/TASK/VERSION holds."""
  inference, _ = sources(handle(name).spec)
  return synthetic.tensors(inference.shapes)


@functools.cache
def reference(model: str) -> reference_lib.Reference:
  """What a model's source computes."""
  name = f'{model}/{versions.CLASSIFICATION}/1'
  model_spec = handle(name).spec
  return reference_lib.compute_reference(
    model_spec, sources(model_spec), tensors(name)
  )


def write(name: str, folder: pathlib.Path) -> None:
  """Writes the artifact of NAME/TASK/VERSION into an empty folder."""
  wanted = handle(name)
  is_tf1 = wanted.version.format == versions.TF1
  writer = tf1_module.write_tf1 if is_tf1 else tf2_model.write_tf2
  writer(wanted, graphs(name), tensors(name), folder)


def folder(name: str) -> pathlib.Path:
  """The artifact of NAME/TASK/VERSION, not to be changed."""
  return shared.once(f'artifacts/{name}', functools.partial(write, name))


def copy(name: str, parent: pathlib.Path) -> pathlib.Path:
  """An artifact of one's own, to be changed."""
  return shutil.copytree(folder(name), parent / name)


def stand_in(exports: pathlib.Path, name: str) -> pathlib.Path:
  """Exports the tiny network under the name of a published handle.

  It is for tests of what finds, fetches and loads an artifact: they compare it
  with itself, and do not ask which network it is.
  """
  task, number = name.split('/')[-2:]
  path = shutil.copytree(folder(f'{TINY}/{task}/{number}'), exports / name)
  some_exports.describe(exports, name)
  return path


def read(path: pathlib.Path) -> saved_model_pb2.SavedModel:
  """An artifact's saved_model.pb."""
  return saved_model_pb2.SavedModel.FromString(
    (path / 'saved_model.pb').read_bytes()
  )


@contextlib.contextmanager
def edit(path: pathlib.Path) -> Iterator[saved_model_pb2.SavedModel]:
  """An artifact's saved_model.pb, written back when the context closes."""
  model = read(path)
  yield model
  (path / 'saved_model.pb').write_bytes(model.SerializeToString())


class Module:
  """One graph of a TF1 module, loaded with TensorFlow alone."""

  def __init__(self, path: pathlib.Path, *tags: str):
    self.graph = tf.Graph()
    self.session = tf.compat.v1.Session(graph=self.graph)
    with self.graph.as_default():
      self.meta: meta_graph_pb2.MetaGraphDef = (
        tf.compat.v1.saved_model.loader.load(self.session, tags, str(path))
      )

  def collection(self, key: str) -> list:
    """What the graph collects under a key."""
    return self.graph.get_collection(key)

  def call(self, signature: str, **inputs: object) -> dict[str, np.ndarray]:
    """What a signature answers."""
    signature_def = self.meta.signature_def[signature]
    fetches = {key: info.name for key, info in signature_def.outputs.items()}
    feeds = {
      signature_def.inputs[key].name: value for key, value in inputs.items()
    }
    return self.session.run(fetches, feeds)
