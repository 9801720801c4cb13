"""A frozen network is compared with its source before anything is rounded."""

import numpy as np
import pytest

from exporter import errors
from exporter.artifacts import frozen as frozen_lib
from exporter.proof import frozen
from tests import conversions_made


def _freeze(name, word):
  conversion = conversions_made.conversion(name, word)
  original = conversions_made.original(name)
  network = frozen_lib.freeze(original.sources[0], conversion, original.tensors)
  return conversion, network, original.trials


@pytest.mark.parametrize('name', [conversions_made.TINY, conversions_made.V1])
@pytest.mark.parametrize('word', ['litert.dynamic', 'tfjs.uint8'])
def test_a_frozen_network_is_proven(name, word):
  frozen.prove_frozen(*_freeze(name, word))


@pytest.mark.parametrize('change', [1.01, np.nan])
def test_a_small_difference_is_none_of_rounding(change):
  name = conversions_made.TINY_FEATURES
  conversion, network, trials = _freeze(name, 'litert.int8')
  for node in network.definition.node:
    if node.name.endswith('Conv2d_0/weights/Read/ReadVariableOp'):
      (value,) = frozen_lib.values(network.definition, [node.name])
      value[0, 0, 0, 0] *= change
      node.CopyFrom(frozen_lib.constant(node.name, value))
  with pytest.raises(errors.ProofError) as caught:
    frozen.prove_frozen(conversion, network, trials)
  message = str(caught.value)
  assert message.startswith(f'{conversion} is not converted: its network, ')
  assert 'frozen network: a few pictures' in message
