"""Moving averages are found, or missed aloud, wherever a program left them."""

import pytest

from exporter.checkpoints import averages

_END = '/ExponentialMovingAverage'


@pytest.mark.parametrize(
  ('keys', 'moved'),
  [
    (['Net/a', f'Net/a{_END}'], {}),
    (['Net/a', f'train/Net/a{_END}'], {f'train/Net/a{_END}': f'Net/a{_END}'}),
    # As TensorFlow names what is built below one scope, averages included.
    (
      ['model/Net/a', f'model/model/Net/a{_END}'],
      {f'model/model/Net/a{_END}': f'model/Net/a{_END}'},
    ),
    # Of a network that is there as well.
    (['Net/a', 'teacher/Net/a', f'teacher/Net/a{_END}'], {}),
    # Which of the two?
    (['Net/a', f's/Net/a{_END}', f't/Net/a{_END}'], {}),
    (['Net/a', f'Net/a{_END}', f's/Net/a{_END}'], {}),
    ([f'Net/a{_END}'], {}),  # The averages alone.
    (['Net/b', f's/Net/a{_END}'], {}),
  ],
)
def test_an_average_is_called_as_its_variable(keys, moved):
  assert averages.beside(keys) == {moved.get(key, key): key for key in keys}


@pytest.mark.parametrize(
  'slot', ['Momentum', 'Adam', 'Adam_1', 'RMSProp_1', 'Ftrl', 'adam_v']
)
def test_slots_of_optimizers_are_no_averages(slot):
  assert averages.is_of_optimizer(slot)
  shapes = {'a': (2,), f'a/{slot}': (2,)}
  assert not averages.unnamed(shapes, ['a'])


@pytest.mark.parametrize('name', ['my_averages', 'ema', 'SWA', 'Momentum_avg'])
def test_companions_that_no_optimizer_has_may_be_averages(name):
  shapes = {'a': (2,), f'a/{name}': (2,), 'b': (3,), f'b/{name}': (3,)}
  found = averages.unnamed(shapes, ['a', 'b'])
  assert found == {name: 2}
  text = averages.warning(found)
  assert f'2 variables have a companion .../{name}' in text
  assert '--weights=raw' in text
  assert not averages.unnamed(shapes, ['a', 'b', 'c', 'd', 'e'])  # Too few.
  other = {**shapes, f'a/{name}': (9,), f'b/{name}': ()}
  assert not averages.unnamed(other, ['a', 'b'])


def test_nothing_found_is_no_warning():
  assert not averages.warning({})
