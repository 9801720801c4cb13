"""slimhub's processes do without Keras, and whoever asks for it gets it."""

import subprocess
import sys

from exporter import lean
from tests import source_tree

_IMPORTED = f"""
import sys
import {lean.__name__}
{lean.__name__}.import_tensorflow()
print([name for name in ('keras', 'tf_keras') if name in sys.modules])
"""
_USES = """
import tensorflow as tf
print(tf.keras.layers.Dense(2).name)
from tensorflow.keras import optimizers
print(optimizers.SGD().name)
import tensorflow_hub as hub
print(hub.KerasLayer.__name__)
import tf_keras
print(tf_keras.optimizers.SGD().name)
"""


def _printed(code: str) -> list[str]:
  done = subprocess.run(
    [sys.executable, '-c', code],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout.split('\n')[:-1]


def test_keras_is_imported_when_it_is_asked_for():
  uses = ['dense', 'sgd', 'KerasLayer', 'SGD']
  assert _printed(_IMPORTED + _USES) == ['[]', *uses]


def test_keras_that_is_there_stays():
  before = 'import keras; optimizer = keras.optimizers.SGD'
  after = 'print(keras.optimizers.SGD is optimizer)'
  printed = _printed(f'{before}\n{_IMPORTED}\n{after}')
  assert printed == ["['keras']", 'True']


def test_collections_leave_alone_what_was_imported():
  after = """
import gc
import tensorflow as tf
print(gc.isenabled(), gc.collect() < 1000, len(gc.get_objects()) < 10_000)
"""
  assert _printed(_IMPORTED + after) == ['[]', 'True True True']
