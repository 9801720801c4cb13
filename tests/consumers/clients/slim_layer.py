"""SlimLayer, slimhub's own layer for Keras 3.

Arguments: those of `client`.
"""

import keras
import tensorflow as tf

import slimhub_keras
from tests.consumers import case as case_lib
from tests.consumers import client
from tests.consumers.clients import keras_3_uses
from tests.consumers.clients import keras_uses


class _Layers(keras_uses.Layers):
  keras = keras
  file_name = 'model.keras'

  def infer_layer(self, path):
    return slimhub_keras.SlimLayer(path)

  def frozen_layer(self, path):
    return slimhub_keras.SlimLayer(path)

  def train_layer(self, path, momentum=None):
    return slimhub_keras.SlimLayer(
      path, trainable=True, batch_norm_momentum=momentum
    )

  def load(self, path):
    return keras.models.load_model(path)


class _Uses(keras_3_uses.Uses):
  def endpoints(self, case):
    """All endpoints, by the argument that asks for them."""
    layer = slimhub_keras.SlimLayer(case.path, return_endpoints=True)
    image = keras.layers.Input([case.size, case.size, 3])
    model = keras.models.Model(image, layer(image))
    return case_lib.close(model.predict(case.few_images, verbose=0), case.few)


if __name__ == '__main__':
  _uses = _Uses(_Layers())
  client.main(
    {'tensorflow': tf.__version__, 'keras': keras.__version__},
    dict(
      keras_3_uses.by_name(_uses),
      **{
        'endpoints': _uses.endpoints,
        'momentum 0.9': _uses.momentum,
        'gradients twice': _uses.gradients_twice,
      },
    ),
    keras.backend.clear_session,
  )
