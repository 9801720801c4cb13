"""keras.layers.TFSMLayer in Keras 3, with no other package.

Arguments: those of `client`.
"""

import keras
import tensorflow as tf

from tests.consumers import case as case_lib
from tests.consumers import client
from tests.consumers.clients import keras_3_uses
from tests.consumers.clients import keras_uses

_TFSMLayer = keras.layers.TFSMLayer


class _Layers(keras_uses.Layers):
  keras = keras
  counts_losses = False  # The client reads none.
  file_name = 'model.keras'

  def infer_layer(self, path):
    return _TFSMLayer(path, call_endpoint='serve')

  def frozen_layer(self, path):
    return _TFSMLayer(path, call_endpoint='serve', trainable=False)

  def train_layer(self, path, momentum=None):
    return _TFSMLayer(
      path, call_endpoint='serve', call_training_endpoint='train'
    )

  def load(self, path):
    return keras.models.load_model(path, safe_mode=False)


class _Uses(keras_3_uses.Uses):
  def signature(self, case):
    """The serving signature as an endpoint, on images of every size."""
    if not case.signatures:
      return None
    layer = _TFSMLayer(case.path, call_endpoint='serving_default')
    differences = []
    for images, expected in [(case.few_images, case['few']), *case.sizes()]:
      (answer,) = layer(images).values()
      outputs = {'default': answer.numpy()}
      differences.append(case_lib.close(outputs, {'default': expected}))
    return max(differences)


if __name__ == '__main__':
  _uses = _Uses(_Layers())
  client.main(
    {'tensorflow': tf.__version__, 'keras': keras.__version__},
    dict(keras_3_uses.by_name(_uses), signature=_uses.signature),
    keras.backend.clear_session,
  )
