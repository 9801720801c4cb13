"""An inspection reads well, and its proposals are those of the file."""

import dataclasses

import pytest

from exporter.checkpoints import inspection
from exporter.checkpoints import recognized
from exporter.checkpoints import report
from exporter.checkpoints import specimen
from model_specs import spec_files

_NETWORK = recognized.Network(
  name='mobilenet_v1',
  title='MobileNet V1',
  multipliers=(0.25,),
  num_classes=5,
  parameters=217_000,
  variables=137,
  models=(),
  sizes=(),
  published_classes=None,
  usual_size=224,
  preprocessing=recognized.Preprocessing((-1.0, 1.0), (0.0, 0.0, 0.0), False),
)
_BYTES = recognized.Preprocessing((0, 255), (123.68, 116.78, 103.94), False)
_STANDARDIZED = recognized.Preprocessing((0, 255), (0, 0, 0), True)
_FINDINGS = inspection.Inspection(
  file='a/model.ckpt-7',
  path='a/model.ckpt-7',
  kind='checkpoint, V2 format',
  network=_NETWORK,
  scope='',
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
  findings = dataclasses.replace(_FINDINGS, **changes)
  return ' '.join(report.report_text(findings).split())


def _of(**changes) -> recognized.Network:
  return dataclasses.replace(_NETWORK, **changes)


@pytest.mark.parametrize(
  ('changes', 'says'),
  [
    ({}, 'network: MobileNet V1 (mobilenet_v1), 137 variables, 0.22 M'),
    ({}, 'multiplier: 0.25 classes: 5'),
    ({}, 'no variable depends on'),
    ({'size': 96}, '96 x 96 pixels, says the frozen graph'),
    ({'network': _of(sizes=(128, 160))}, 'published models have 128 or 160'),
    ({}, 'TF-Slim trains this network with 224'),
    ({'network': _of(size=28)}, '28 x 28 pixels, say the variables'),
    ({}, 'colours: from -1 to 1, as TF-Slim trains the network'),
    (
      {'network': _of(preprocessing=_BYTES)},
      'colours: from 0 to 255, less 123.68, 116.78, 103.94, as TF-Slim',
    ),
    (
      {'network': _of(preprocessing=_STANDARDIZED)},
      'colours: each image is brought to mean 0 and variance 1',
    ),
    ({'scope': 'student'}, 'scope: student/ is around the network'),
    ({'network': _of(multipliers=(0.35, 0.34))}, 'same network: 0.34)'),
    ({'network': _of(num_classes=None)}, 'features alone'),
    (
      {'network': _of(models=('a', 'b'), published_classes=5)},
      'published as: a or b',
    ),
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
  assert report.report_values(_FINDINGS) == {
    'publisher': 'me',
    'dataset': 'my_pictures',
    'name': 'my_mobilenet_v1',
    'network': 'mobilenet_v1',
    'multiplier': 0.25,
    'size': 224,
    'num_classes': 5,
    'checkpoint': 'a/model.ckpt-7',
  }


@pytest.mark.parametrize(
  ('size', 'network', 'expected'),
  [
    (96, {'sizes': (128,)}, 96),
    (None, {'sizes': (128, 224)}, 224),
    (None, {'sizes': (299,)}, 299),
    (None, {'usual_size': 231}, 231),
    (None, {'usual_size': 28, 'size': 48}, 48),
  ],
)
def test_the_size_to_begin_with(size, network, expected):
  findings = dataclasses.replace(_FINDINGS, size=size, network=_of(**network))
  assert report.size(findings) == expected


def test_another_number_of_classes_was_not_published():
  assert 'published as' not in _render(
    network=_of(models=('a',), published_classes=1001)
  )


def test_the_spec_is_one_that_a_spec_file_takes(tmp_path):
  (tmp_path / 'my.toml').write_text(report.report_spec(_FINDINGS))
  (model,) = spec_files.read_models(tmp_path / 'my.toml')
  assert (model.network, model.multiplier) == ('mobilenet_v1', 0.25)
  assert (model.num_classes, model.size) == (5, 224)
  assert model.own
  assert model.own.checkpoint == 'a/model.ckpt-7'


@pytest.mark.parametrize(
  ('changes', 'is_said'),
  [
    ({}, True),
    ({'path': '/train/model.ckpt-7'}, False),
    ({'kind': specimen.FROZEN}, False),
  ],
)
def test_a_spec_says_from_where_its_path_is_meant(changes, is_said):
  text = report.report_spec(dataclasses.replace(_FINDINGS, **changes))
  assert ('begins at its own folder: save it where you' in text) == is_said


def test_a_frozen_graph_is_no_checkpoint_of_a_spec():
  findings = dataclasses.replace(_FINDINGS, kind=specimen.FROZEN)
  assert 'checkpoint' not in report.report_values(findings)


def test_without_a_network_there_is_no_spec():
  findings = dataclasses.replace(_FINDINGS, network=None)
  assert report.report_values(findings) == {}
  assert report.report_spec(findings) == ''


def test_what_clears_a_terminal_or_ends_a_line_is_spelled():
  evil = 'a\x1b[2J\nproblem: none\u202e'
  text = report.report_text(
    dataclasses.replace(
      _FINDINGS, file=evil, extra={evil: 1}, flaws={evil: 'x'}, problems=(evil,)
    )
  )
  assert not {'\x1b', '\u202e'} & set(text)
  assert text.count('a\\x1b[2J\\nproblem: none') == 5
