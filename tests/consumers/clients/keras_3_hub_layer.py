"""hub.KerasLayer where it does not belong: among the layers of Keras 3.

Arguments: those of `client`.
"""

import keras
import tensorflow as tf
import tensorflow_hub as hub

from tests.consumers import case as case_lib
from tests.consumers import client


def infer(case):
  """A Sequential of it."""
  model = keras.Sequential([hub.KerasLayer(case.path)])
  answer = {'default': model.predict(case['images'], verbose=0)}
  return case_lib.close(answer, {'default': case['default']})


if __name__ == '__main__':
  client.main(
    {
      'tensorflow': tf.__version__,
      'tensorflow-hub': hub.__version__,
      'keras': keras.__version__,
    },
    {'infer': infer},
  )
