import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from exporter.checkpoints import synthetic
import slimhub_keras
from tests import artifacts_made as artifacts
from tests import keras_models


@pytest.fixture(name='tuned')
def _tuned():
  model = keras_models.tunable(batch_norm_momentum=0.5, regularize=False)
  keras_models.fit(model, 'adam')
  return model


def _forget(monkeypatch):
  """Forgets the paths of all models, of which a new process knows none."""
  monkeypatch.setattr(slimhub_keras.SlimLayer, 'places', {})


def test_saves_and_loads_exactly(tuned, tmp_path, monkeypatch):
  file = tmp_path / 'model.keras'
  tuned.save(file)
  _forget(monkeypatch)
  again = keras.saving.load_model(file, safe_mode=False)
  np.testing.assert_array_equal(
    keras_models.predict(again), keras_models.predict(tuned)
  )
  assert again.layers[0].get_config() == tuned.layers[0].get_config()
  assert again.layers[0].batch_norm_momentum == 0.5
  assert again.layers[0].trainable
  assert again.losses == []
  keras_models.fit(again, 'adam')


def test_safe_mode_loads_only_what_the_program_named(
  tuned, tmp_path, monkeypatch
):
  file = tmp_path / 'model.keras'
  tuned.save(file)
  path = str(artifacts.folder(keras_models.FEATURES))
  keras.saving.load_model(file)  # It has opened that path itself.
  _forget(monkeypatch)
  with pytest.raises(ValueError, match='safe_mode=False') as caught:
    keras.saving.load_model(file)
  assert path in str(caught.value)
  slimhub_keras.SlimLayer.places[path] = path
  np.testing.assert_array_equal(
    keras_models.predict(keras.saving.load_model(file)),
    keras_models.predict(tuned),
  )


def test_finds_a_model_that_moved(tmp_path, monkeypatch):
  _forget(monkeypatch)
  old, new = str(tmp_path / 'old'), str(tmp_path / 'new')
  shutil.copytree(artifacts.folder(keras_models.FEATURES), old)
  model = keras_models.model(slimhub_keras.SlimLayer(old))
  model.save(tmp_path / 'model.keras')
  shutil.move(old, new)
  with pytest.raises(ValueError, match=r'SlimLayer\.places') as caught:
    keras.saving.load_model(tmp_path / 'model.keras', safe_mode=False)
  assert f'{old}: found nothing' in str(caught.value)
  slimhub_keras.SlimLayer.places[old] = new
  again = keras.saving.load_model(tmp_path / 'model.keras')
  np.testing.assert_array_equal(
    keras_models.predict(again), keras_models.predict(model)
  )
  assert again.layers[0].get_config()['path'] == new


def test_saves_and_loads_the_weights_alone(tuned, tmp_path):
  file = tmp_path / 'model.weights.h5'
  tuned.save_weights(file)
  again = keras_models.tunable()
  assert np.any(keras_models.predict(again) != keras_models.predict(tuned))
  again.load_weights(file)
  np.testing.assert_array_equal(
    keras_models.predict(again), keras_models.predict(tuned)
  )


def test_a_clone_has_weights_of_its_own(tuned):
  clone = keras.models.clone_model(tuned)
  assert clone.layers[0].get_config() == tuned.layers[0].get_config()
  clone.set_weights(tuned.get_weights())
  expected = keras_models.predict(tuned)
  np.testing.assert_array_equal(keras_models.predict(clone), expected)
  keras_models.fit(clone)
  assert np.any(keras_models.predict(clone) != expected)
  np.testing.assert_array_equal(keras_models.predict(tuned), expected)


def test_exports_a_saved_model(tuned, tmp_path):
  tuned.export(str(tmp_path / 'exported'))
  again = tf.saved_model.load(str(tmp_path / 'exported'))
  for size in ((32, 32), (40, 56)):
    images = synthetic.synthetic_images(3, *size)
    keras_models.assert_close(
      again.serve(images), keras_models.predict(tuned, images)
    )
