"""Variables that no network has are told apart from those of a training."""

import pytest

from exporter.checkpoints import surplus

_WANTED = ('Net/a/weights', 'Net/b/moving_mean', 'c/biases')
_SHAPES = dict.fromkeys(_WANTED, (2,))
_SHADOW = '/ExponentialMovingAverage'


def _warning(*keys: str) -> str:
  shapes = {**_SHAPES, **dict.fromkeys(keys, (2,))}
  return surplus.warning(surplus.surplus(shapes, _WANTED), _WANTED)


@pytest.mark.parametrize(
  'key',
  [
    'Net/a/weights/Momentum',
    f'Net/a/weights{_SHADOW}',
    'Net/b/moving_mean/biased',
    'Net/b/Net/b/moving_mean/local_step',
    'Net/AuxLogits/Conv2d_1b_1x1/weights',
    'aux_7/aux_logits/FC/weights',
    'mean_rgb',
  ],
)
def test_what_only_training_needs_is_no_reason_to_warn(key):
  assert not _warning(key)


@pytest.mark.parametrize('end', ['', _SHADOW])
def test_a_variable_in_the_scope_of_the_network_is_one(end):
  text = _warning('mean_rgb', f'Net/z/weights{end}', f'Net/e/weights{end}')
  assert 'such as Net/e/weights (2 in all)' in text
  assert 'the export answers otherwise' in text


def test_a_number_alone_is_no_layer():
  shapes = {**_SHAPES, 'Net/epoch': ()}
  assert surplus.surplus(shapes, _WANTED) == []


def test_averages_are_looked_for_by_the_name_of_their_variable():
  shapes = dict.fromkeys((f'{name}{_SHADOW}' for name in _WANTED), (2,))
  assert surplus.surplus(shapes, _WANTED) == []
