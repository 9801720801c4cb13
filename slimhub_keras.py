"""A TF2 image model as a layer of Keras 3, in place of hub.KerasLayer.

This file needs only keras 3 and tensorflow. Install slimhub, or copy the file.
"""

from collections.abc import Callable
from collections.abc import Sequence
import os
from typing import Any
from typing import ClassVar

import keras
import tensorflow as tf

_VARIABLES = ('variables', 'trainable_variables')
_INTERFACE = ('__call__', *_VARIABLES, 'regularization_losses')


def _load(path: str) -> Any:
  """Loads the model in a folder; raises a ValueError for anything else."""
  exists = tf.io.gfile.exists
  if path.startswith(('http://', 'https://')):
    raise ValueError(
      f'{path}: found a URL, expected the folder of a TF2 SavedModel; load '
      'tensorflow_hub.resolve(URL), which downloads it and gives its folder'
    )
  if exists(f'{path}/tfhub_module.pb'):
    raise ValueError(
      f'{path}: found a TF1 hub.Module, expected a TF2 SavedModel; take '
      'the version of the model that is one, 4 or 5 of the published ones'
    )
  if not tf.saved_model.contains_saved_model(path):
    raise ValueError(
      f'{path}: found {"no SavedModel" if exists(path) else "nothing"}, '
      'expected the folder of a TF2 SavedModel; correct the path or, if a '
      f'saved Keras model names it, set SlimLayer.places[{path!r}] to the '
      'folder before you load that'
    )
  model = tf.saved_model.load(path)
  missing = [name for name in _INTERFACE if not hasattr(model, name)]
  if missing:
    raise ValueError(
      f'{path}: found a SavedModel without {", ".join(missing)}, expected a '
      'TF2 image model; take the TF2 version of it, which is 4 or 5 of the '
      'published ones, or keras.layers.TFSMLayer for what model.export() wrote'
    )
  return model


def _adopt(variable: tf.Variable, trainable: bool) -> keras.Variable:
  """Makes a Keras variable that shares the memory of a TensorFlow variable."""
  # Optimizers name their slots after the variable. TensorFlow allows no `:0` in
  # such a name, and Keras no slash.
  name = variable.name.partition(':')[0].replace('/', '_')
  adopted = keras.Variable(
    variable, dtype=variable.dtype.name, trainable=trainable, name=name
  )
  # The functions of the model use `variable` itself, so training a copy would
  # have no effect. Keras before 3.12 has copied it by now, and offers no public
  # way to prevent that.
  adopted._value = variable
  return adopted


def _momentum(value: float | None) -> float | None:
  """Checks a momentum; numbers of NumPy and TensorFlow become Python's own.

  The functions of the model take no others.
  """
  if value is None:
    return None
  momentum = float(value)
  if not 0 <= momentum <= 1:
    raise ValueError(
      f'SlimLayer: batch_norm_momentum is {momentum}, expected a number from 0 '
      'to 1; 0.99 moves the averages by a hundredth of what each batch has'
    )
  return momentum


class _Penalty(keras.regularizers.Regularizer):
  """The sum of a model's regularization losses."""

  def __init__(self, losses: Sequence[Callable[[], tf.Tensor]]):
    self._losses = losses

  def __call__(self, x: Any) -> tf.Tensor:
    del x  # The losses read the variables themselves.
    return tf.add_n([loss() for loss in self._losses])


@keras.saving.register_keras_serializable('slimhub')
class SlimLayer(keras.layers.Layer):
  """A TF2 image model, of slimhub or a published version 4 or 5, as a layer.

  Takes float images in [0, 1]; returns features or logits. Trains with every
  optimizer of Keras:

      model = keras.Sequential([
        keras.Input([128, 128, 3]),
        SlimLayer(path, trainable=True, batch_norm_momentum=0.997),
        keras.layers.Dense(5),
      ])

  A layer is frozen by `trainable=False`, here or set later on it or on a model
  around it. A frozen layer is constant: even in `fit` it normalizes with the
  moving averages and does not change them, and it adds no loss. hub.KerasLayer
  and Keras's BatchNormalization do the same. Single variables are frozen by
  theirs, in `layer.trainable_variables`: the model's weight decay, one sum, is
  a loss as long as its last kernel is not frozen. As with every layer, compile
  the model again after a change.

  It computes in float32 under every dtype policy.

  A `.keras` file holds the weights, but only the path of the graph. A graph is
  a program. So in its safe mode Keras loads only graphs whose paths your
  program has named; pass `safe_mode=False` if you trust the file.

  Attributes:
    places: The folder to load for each path that a `.keras` file may name. If
      a model was moved, set `SlimLayer.places['old'] = 'new'` before loading.
      The paths that this program gave to layers are added by themselves.
  """

  places: ClassVar[dict[str, str]] = {}

  def __init__(
    self,
    path: str | os.PathLike[str],
    *,
    trainable: bool = False,
    batch_norm_momentum: float | None = None,
    regularize: bool = True,
    return_endpoints: bool = False,
    **kwargs: Any,
  ):
    """Loads the model.

    Args:
      path: The folder of the SavedModel.
      trainable: Whether `fit` changes the model. The default is False, as in
        hub.KerasLayer, so that code that moves here keeps its meaning.
      batch_norm_momentum: The momentum of the moving averages in training.
        None takes the default of the model's version, 0.99.
      regularize: Whether to add its weight decay to the losses while it is
        trainable, once, however often it is called. The default is True, as
        in hub.KerasLayer; choose False if the optimizer decays weights.
      return_endpoints: Whether to return a dict of all endpoints, in which
        'default' is the usual output.
      **kwargs: For keras.layers.Layer, such as `name`.

    Raises:
      RuntimeError: Keras does not run on TensorFlow.
      ValueError: There is no such model, a dtype was asked for, or the
        momentum is none.
    """
    if keras.config.backend() != 'tensorflow':
      raise RuntimeError(
        f'SlimLayer: the backend of Keras is {keras.config.backend()}, '
        'expected tensorflow; set KERAS_BACKEND=tensorflow in the environment'
      )
    super().__init__(**{'dtype': 'float32', **kwargs})
    if {self.compute_dtype, self.variable_dtype} != {'float32'}:
      raise ValueError(
        f'SlimLayer: dtype is {kwargs["dtype"]}, expected float32, in which '
        'the SavedModel computes; leave dtype out and cast the output'
      )
    self._folder = os.fspath(path)
    self.batch_norm_momentum = _momentum(batch_norm_momentum)
    self.regularize = regularize
    self.return_endpoints = return_endpoints
    self._model = _load(self._folder)
    self.places.setdefault(self._folder, self._folder)
    self._adopt_variables()
    trace = self._model.__call__.concrete_functions[0]
    images = trace.structured_input_signature[0][0]
    self.input_spec = keras.layers.InputSpec('float32', images.shape)
    self.trainable = trainable  # Applies to the variables adopted above.
    self.built = True

  def _adopt_variables(self) -> None:
    trainable = {id(variable) for variable in self._model.trainable_variables}
    with keras.name_scope(self.name):
      # Keras tracks the variables in a list that is an attribute.
      self._adopted = [
        _adopt(variable, id(variable) in trainable)
        for variable in self._model.variables
      ]
    losses = list(self._model.regularization_losses)
    if self.regularize and losses:
      # Keras adds the regularizer of a trainable variable once; a loss that
      # `call` adds would count at every call. It is the last kernel, since
      # those who freeze single variables begin with the first.
      kernels = [v for v in self.trainable_variables if len(v.shape) > 1]
      kernels[-1].regularizer = _Penalty(losses)

  def call(self, inputs: tf.Tensor, training: bool | None = None) -> Any:
    """The model's output for images of shape [batch, height, width, 3]."""
    arguments: dict[str, Any] = {}
    if self.return_endpoints:
      arguments['return_endpoints'] = True
    if self.batch_norm_momentum is not None:
      arguments['batch_norm_momentum'] = self.batch_norm_momentum
    training = bool(training and self.trainable)
    return self._model(inputs, training=training, **arguments)

  # By the name of `keras.Operation` the shapes come from `call`, whatever it
  # returns. Layers around this one, such as TimeDistributed, ask for them.
  def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
    """The symbolic output for a symbolic input."""
    return keras.Operation.compute_output_spec(self, *args, **kwargs)

  def compute_output_shape(self, input_shape: Sequence[int | None]) -> Any:
    """The shape of the output, or of each endpoint."""
    images = keras.KerasTensor(input_shape, self.compute_dtype)
    outputs = self.compute_output_spec(images)
    return keras.tree.map_structure(lambda output: output.shape, outputs)

  def get_config(self) -> dict[str, Any]:
    """The arguments of the constructor."""
    names = ('batch_norm_momentum', 'regularize', 'return_endpoints')
    own = {name: getattr(self, name) for name in names}
    return {**super().get_config(), 'path': self._folder, **own}

  @classmethod
  def from_config(cls, config: dict[str, Any]) -> 'SlimLayer':
    """Makes the layer of a saved or cloned model.

    Raises:
      ValueError: In safe mode, the program has not named the path.
    """
    # This is private, but only it knows the mode; Keras's TFSMLayer uses it,
    # too.
    from keras.src.saving import serialization_lib

    path = config['path']
    if path not in cls.places and serialization_lib.in_safe_mode():
      raise ValueError(
        f'{path}: found in a saved Keras model, expected a SavedModel that '
        'this program named, as its graph can run anything; if you trust it, '
        f'load with safe_mode=False or set SlimLayer.places[{path!r}]'
      )
    return cls(**{**config, 'path': cls.places.get(path, path)})
