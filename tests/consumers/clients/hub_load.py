"""hub.load: tf.saved_model.load behind tensorflow-hub's own address.

Arguments: those of `client`.
"""

import tensorflow as tf
import tensorflow_hub as hub

from tests.consumers import client
from tests.consumers.clients import load

if __name__ == '__main__':
  client.main(
    {'tensorflow': tf.__version__, 'tensorflow-hub': hub.__version__},
    load.Uses(hub.load).by_name(),
  )
