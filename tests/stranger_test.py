"""What all strangers agree on."""

import pytest

from exporter import reference
from exporter import stranger
from tests import artifacts


@pytest.mark.parametrize(
  ('task', 'output'),
  [
    ('classification', reference.LOGITS),
    ('feature_vector', reference.FEATURES),
  ],
)
@pytest.mark.parametrize('number', [1, 5])
def test_the_default_output_is_the_tasks(task, output, number):
  handle = artifacts.handle(f'{artifacts.TINY}/{task}/{number}')
  assert stranger.default_output(handle) == output


def test_a_call_that_infers_moves_nothing():
  call = stranger.Call('serve', {}, reference.LOGITS, has_endpoints=False)
  assert call.momentum == 1
  assert not call.moving
