"""Fixed numbers in place of random ones, so that dropout can be compared.

Dropout keeps a value if the random number that is drawn for it is large enough.
When a source and its artifacts draw the same numbers, all that stands behind
dropout must agree, too: which values are kept, and what they are divided by.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

_RANDOM, _FIXED = 'RandomUniform', 'StatelessRandomUniform'
_SEED = np.array([1, 2], np.int64)


def draw(shape: Sequence[int]) -> np.ndarray:
  """The numbers, in [0, 1), that a fixed graph draws for a shape."""
  with tf.Graph().as_default(), tf.compat.v1.Session() as session:
    return session.run(tf.random.stateless_uniform(shape, _SEED))


def fix(definition: tf.compat.v1.GraphDef) -> None:
  """Has a graph draw fixed numbers of the same shapes, from now on."""
  seed = tf.make_tensor_proto(_SEED)
  for node in [n for n in definition.node if n.op == _RANDOM]:
    node.op = _FIXED
    for name in ('seed', 'seed2'):
      node.attr.pop(name, None)
    node.attr['Tseed'].type = seed.dtype
    constant = definition.node.add(name=f'{node.name}/fixed_seed', op='Const')
    constant.attr['dtype'].type = seed.dtype
    constant.attr['value'].tensor.CopyFrom(seed)
    node.input.insert(1, constant.name)
