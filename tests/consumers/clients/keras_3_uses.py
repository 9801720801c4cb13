"""What may be done with a layer in Keras 3 alone, whichever layer it is."""

import pathlib
import tempfile

import keras
import tensorflow as tf

from tests.consumers import case as case_lib
from tests.consumers.clients import keras_uses


class Uses(keras_uses.Uses):
  """The uses of a layer of Keras 3."""

  def adam(self, case):
    """An optimizer that keeps state for every weight."""
    layer = self._layers.train_layer(case.path)
    model = self._model(case, layer, self._head())
    self._compile(case, model, keras.optimizers.Adam(1e-3))
    return case_lib.falls(self._fit(case, model, case_lib.STEPS))

  def export(self, case):
    """`export` of a fine-tuned model."""
    if not case.is_small:
      return None
    _, model, _ = self._tuned(case, 2)
    with tempfile.TemporaryDirectory() as folder:
      path = str(pathlib.Path(folder, 'exported'))
      model.export(path)
      reloaded = tf.saved_model.load(path)
      answer = {'default': reloaded.serve(tf.constant(case['images'])).numpy()}
    return case_lib.close(answer, self._predict(model, case['images']))


def by_name(uses):
  """The uses that all layers of Keras 3 have."""
  named = keras_uses.by_name(uses)
  return dict(named, adam=uses.adam, export=uses.export)
