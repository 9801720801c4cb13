"""The functions that run exports, and those that run Keras's own models."""

from collections.abc import Callable
from collections.abc import Iterable
import contextlib
import dataclasses
import pathlib
from typing import Any

import numpy as np
import tensorflow as tf

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.measure import speed
import model_specs
from model_specs import versions

# The functions of keras.applications that build the networks that it has.
_PEERS = {
  'inception_resnet_v2': 'InceptionResNetV2',
  'inception_v3': 'InceptionV3',
  'mobilenet_v1': 'MobileNet',
  'mobilenet_v2': 'MobileNetV2',
  'mobilenet_v3_large': 'MobileNetV3Large',
  'mobilenet_v3_small': 'MobileNetV3Small',
  'nasnet_large': 'NASNetLarge',
  'nasnet_mobile': 'NASNetMobile',
  'resnet_v1_50': 'ResNet50',
  'resnet_v1_101': 'ResNet101',
  'resnet_v1_152': 'ResNet152',
  'resnet_v2_50': 'ResNet50V2',
  'resnet_v2_101': 'ResNet101V2',
  'resnet_v2_152': 'ResNet152V2',
}

Run = Callable[[np.ndarray], np.ndarray]  # From images in [0, 1] to outputs.
# Loads the artifact of a handle from a path, to run on so many threads.
Load = Callable[[model_specs.Handle, pathlib.Path, int], Run]


@dataclasses.dataclass(frozen=True)
class Loaded:
  """An export that runs."""

  run: Run
  artifact: str  # The digest of its manifest, so of the files that run.


def load_each(
  handles: Iterable[model_specs.Handle],
  output_dir: storage.Folder,
  load: Load,
  stack: contextlib.ExitStack,
  problems: list[str],
) -> dict[str, Loaded]:
  """Loads exports whose files are what their manifests say.

  Args:
    handles: The exports.
    output_dir: The folder or bucket of exports.
    load: Loads an artifact, whatever its format is.
    stack: Keeps copies of their files until it is closed.
    problems: Gets a line for each export that cannot be loaded, and says why.

  Returns:
    What runs, by name, without what cannot be loaded.
  """
  loaded = {}
  for handle in handles:
    try:
      opened = storage.open_artifact(output_dir, handle)
      artifact, manifest = stack.enter_context(opened)
      run = load(handle, artifact, environment.cores())
      loaded[str(handle)] = Loaded(run, manifest.digest)
    except errors.SlimhubError as error:
      problems.append(f'{error}')
  return loaded


def raise_if_any(problems: list[str], undone: str) -> None:
  """Raises a ProofError that says what could not be done for which exports."""
  if problems:
    lines = ''.join(f'\n  {problem}' for problem in problems)
    raise errors.ProofError(f'{len(problems)} exports are not {undone}:{lines}')


def keras_model(handle: model_specs.Handle) -> Any:
  """The same network of keras.applications, with random weights.

  Returns:
    The Keras model; None if keras.applications does not have the network.
  """
  name = _PEERS.get(handle.spec.network)
  if name is None:
    return None
  import keras

  is_classifier = handle.task == versions.CLASSIFICATION
  multiplier = handle.spec.multiplier
  return getattr(keras.applications, name)(
    input_shape=(handle.spec.size, handle.spec.size, 3),
    **({} if multiplier is None else {'alpha': multiplier}),
    include_top=is_classifier,
    weights=None,
    pooling=None if is_classifier else 'avg',
  )


def peer(handle: model_specs.Handle) -> dict[str, Run]:
  """The function that runs the network of Keras, by name; empty without one."""
  model = keras_model(handle)
  if model is None:
    return {}
  call = tf.function(lambda images: model(images, training=False))
  name = f'{speed.KERAS}.{_PEERS[handle.spec.network]}'
  return {name: lambda batch: call(batch).numpy()}
