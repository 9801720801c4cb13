"""An inspection reads well, and its proposals are those of the file."""

import dataclasses

import pytest

from exporter import inspection
from exporter import inspection_text

_NETWORK = inspection.Network(
  'mobilenet_v1', 'MobileNet V1', (0.25,), 5, 217_000, 137, (), ()
)
_FOUND = inspection.Inspection(
  file='a/model.ckpt-7',
  kind='checkpoint, V2 format',
  network=_NETWORK,
  size=None,
  weights='ema',
  step=7,
  parameters=868_000,
  averages=83,
  slots={'RMSProp': 83},
  extra={},
  flaws={},
  problems=(),
)


def _render(**changes) -> str:
  found = dataclasses.replace(_FOUND, **changes)
  return ' '.join(inspection_text.render(found).split())


def _of(**changes) -> inspection.Network:
  return dataclasses.replace(_NETWORK, **changes)


@pytest.mark.parametrize(
  ('changes', 'says'),
  [
    ({}, 'network: MobileNet V1 (mobilenet_v1), 137 variables, 0.22 M'),
    ({}, 'multiplier: 0.25 classes: 5'),
    ({}, 'no variable depends on'),
    ({'size': 96}, '96 x 96 pixels, says the frozen graph'),
    ({'network': _of(sizes=(128, 160))}, 'published models have 128 or 160'),
    ({'network': _of(multipliers=(0.35, 0.34))}, 'same network: 0.34)'),
    ({'network': _of(num_classes=None)}, 'features alone'),
    ({}, 'moving averages of 83 variables (ema)'),
    ({'weights': 'raw'}, 'raw: there are no moving averages'),
    ({}, 'optimizer slots: RMSProp (83)'),
    ({'slots': {}}, 'optimizer slots: none'),
    ({}, 'training step: 7'),
    ({'step': None}, 'training step: unknown'),
    ({'extra': {'a/AuxLogits': 9}}, 'extra: a/AuxLogits (9); the network'),
    ({}, 'NaN, infinite: none'),
    ({'flaws': {'a': '2 of 5 bad'}}, 'a: 2 of 5 bad'),
    ({'flaws': dict.fromkeys(map(str, range(30)), 'x')}, 'and 10 more'),
    ({'network': None, 'problems': ('it is bert',)}, 'problem: it is bert'),
  ],
)
def test_each_fact_has_its_line(changes, says):
  assert says in _render(**changes)


def test_values_of_a_spec_are_those_found():
  assert inspection_text.values(_FOUND) == {
    'publisher': 'acme',
    'dataset': 'my-dataset',
    'name': 'my_mobilenet_v1',
    'network': 'mobilenet_v1',
    'multiplier': 0.25,
    'size': 224,
    'num_classes': 5,
    'checkpoint': 'a/model.ckpt-7',
  }


@pytest.mark.parametrize(
  ('size', 'sizes', 'expected'),
  [(96, (128,), 96), (None, (128, 224), 224), (None, (299,), 299)],
)
def test_the_size_to_begin_with(size, sizes, expected):
  found = dataclasses.replace(_FOUND, size=size, network=_of(sizes=sizes))
  assert inspection_text.size(found) == expected
