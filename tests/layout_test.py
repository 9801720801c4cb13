"""The rules of the layout: one way for imports, small files, tests, BUILD."""

import pathlib
import re
import subprocess
import sys

import pytest

from tests import build_file
from tests import source_tree

# Each module of exporter/ imports only what stands on an earlier line: what
# shares a line never meets. A new module takes the place where the flow
# spec -> checkpoint -> network -> graph -> artifact -> proof -> manifest ->
# card needs it. A package stands for all its modules.
_LADDER = (
  ('clients', 'errors', 'weights'),
  (
    'checksum_file',
    'cores',
    'extras',
    'home',
    'members',
    'part',
    'pictures',
    'places',
  ),
  ('download',),
  ('slim', 'archive', 'prefixes', 'synthetic'),
  ('checkpoint', 'networks'),
  ('own_checkpoint',),
  ('source', 'specimen', 'portable'),
  ('graph', 'recognition', 'specimens'),
  ('inspection',),
  ('inspection_text',),
  ('attachments', 'frozen', 'functions', 'object_graph', 'variables'),
  ('litert_metadata', 'onnx_fold', 'serving_graph'),
  ('hub_module', 'litert_file', 'onnx_file', 'saved_model'),
  ('frozen_graph',),
  ('reference', 'stranger'),
  ('session',),
  ('session_tf1', 'traces'),
  ('session_tf2',),
  ('manifest',),
  ('comparison', 'program'),
  ('agreement', 'assets', 'trial'),
  ('accuracy', 'classes', 'conversions', 'crops', 'labelled', 'proof', 'speed'),
  ('confusion_chart', 'runners', 'speed_chart'),
  ('markdown',),
  ('card_accuracy', 'card_clients', 'card_evidence', 'card_snippets'),
  ('card_speed',),
  ('card_outputs', 'card_usage'),
  ('card_conversion',),
  ('card',),
  ('card_measurements',),
  ('catalogue', 'clients_page'),
  ('card_tree',),
  ('benchmark', 'delivery', 'evaluation', 'lock', 'plan'),
  ('fetcher', 'shelf', 'targets'),
  ('contents', 'webroot'),
  ('bundle',),
  ('address', 'hub_page', 'seed', 'stock'),
  ('hub', 'pack'),
  ('server',),
  ('export', 'fetch', 'interpreter', 'site'),
  ('verify',),
  ('worker',),
  ('cluster', 'processes'),
  ('batch',),
  ('doctor', 'listing'),
  ('progress',),
  ('flag_values', 'own_models'),
  ('flags',),
  ('commands',),
  ('cli',),
  ('__main__',),
)
_RUNG = {name: i for i, rung in enumerate(_LADDER) for name in rung}

# Modules whose test bears another name than NAME_test.py.
_TESTED_IN = {
  'exporter': 'setup_test',  # It holds the version and nothing else.
  'exporter.commands': 'cli_test',
  'exporter.__main__': 'cli_test',
  'model_specs.channels': 'published_test',
  'model_specs.checks': 'spec_test',
  'model_specs.inception': 'model_specs_test',  # Families: rows of
  'model_specs.inception_resnet_v2': 'model_specs_test',  # one table.
  'model_specs.measured': 'spec_test',
  'model_specs.mobilenet_v1': 'model_specs_test',
  'model_specs.mobilenet_v2': 'model_specs_test',
  'model_specs.mobilenet_v3': 'model_specs_test',
  'model_specs.nasnet': 'model_specs_test',
  'model_specs.own': 'own_model_test',
  'model_specs.pnasnet': 'model_specs_test',
  'model_specs.resnet': 'model_specs_test',
  'model_specs.spec_keys': 'spec_file_test',
}

_TESTED_TOGETHER = {
  'exporter.commands': 'cli',
  'exporter.networks': 'networks',
  'exporter.site': 'site',
}

# What `slimhub list` and the cards need must not wait for TensorFlow.
_WITHOUT_TENSORFLOW = (
  'model_specs',
  'model_specs.labels',
  'exporter.batch',
  'exporter.card',
  'exporter.card_tree',
  'exporter.cli',
  'exporter.clients',
  'exporter.fetch',
  'exporter.manifest',
  'exporter.pack',
  'exporter.seed',
  'exporter.server',
  'exporter.site.build',
)

_NAMES_THAT_SAY_NOTHING = {'common', 'helper', 'helpers', 'misc', 'utils'}
_MAX_LINES = 300

_MODULES = source_tree.modules()
_EXPORTER = [name for name in _MODULES if name.startswith('exporter.')]
_SPECS = [name for name in _MODULES if name.startswith('model_specs')]
_SHIPPED = [
  *(name for name in _MODULES if name.startswith('exporter')),
  *_SPECS,
  'slimhub_keras',
]


def _part(module: str) -> str:
  """The name on the ladder of a module of exporter/."""
  return module.split('.')[1]


def _not_earlier(module: str) -> list[str]:
  """The imports of a module that stand on its line or on a later one."""
  own = _RUNG[_part(module)]
  return [
    name
    for name in source_tree.internal(_MODULES[module])
    if name.startswith('exporter.')
    and _part(name) != _part(module)
    and _RUNG.get(_part(name), own) >= own
  ]


def test_every_module_has_its_rung():
  missing = {_part(name) for name in _EXPORTER} - _RUNG.keys()
  assert not missing, 'add each to _LADDER, where the flow needs it'


def test_contributing_gives_every_module_its_place():
  text = (source_tree.ROOT / 'CONTRIBUTING.md').read_text('utf-8')
  patterns = re.findall(r'`(exporter/[\w*]+(?:\.py|/))`', text)
  found = {p.stem for name in patterns for p in source_tree.ROOT.glob(name)}
  missing = {_part(name) for name in _EXPORTER} - found
  assert not missing, 'add each to a table of CONTRIBUTING.md'


@pytest.mark.parametrize(
  'module', [name for name in _EXPORTER if _part(name) in _RUNG]
)
def test_imports_go_one_way(module):
  assert not _not_earlier(module), 'not on an earlier line of _LADDER'


@pytest.mark.parametrize('module', _SHIPPED)
def test_nothing_shipped_imports_a_test_or_a_benchmark(module):
  strange = [
    name
    for name in source_tree.internal(_MODULES[module])
    if name.startswith(('tests', 'benchmarks'))
  ]
  assert not strange


@pytest.mark.parametrize('module', _SPECS)
def test_specs_are_data_of_the_standard_library_alone(module):
  path = _MODULES[module]
  assert not source_tree.distributions(path)
  assert not [
    name
    for name in source_tree.internal(path)
    if not name.startswith('model_specs')
  ]


def test_the_keras_layer_can_be_copied():
  path = _MODULES['slimhub_keras']
  assert not source_tree.internal(path)
  assert source_tree.distributions(path) == ['keras', 'tensorflow']


def test_one_door_to_tf_slim():
  doors = [
    name
    for name, path in _MODULES.items()
    if 'tf-slim' in source_tree.distributions(path)
  ]
  assert doors == ['exporter.slim']


@pytest.mark.parametrize('module', _WITHOUT_TENSORFLOW)
def test_imports_where_tensorflow_is_missing(module):
  blocked = dict.fromkeys(('tensorflow', 'tensorflow_hub', 'tf_slim'))
  code = f'import sys; sys.modules.update({blocked}); import {module}'
  done = subprocess.run(
    [sys.executable, '-c', code],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr


@pytest.mark.parametrize('module', _SHIPPED)
def test_every_module_has_a_test(module):
  package, _, name = module.rpartition('.')
  if package in _TESTED_TOGETHER:
    name = _TESTED_TOGETHER[package]
  test = _TESTED_IN.get(module, f'{name}_test')
  assert f'tests.{test}' in _MODULES, f'write tests/{test}.py'


@pytest.mark.parametrize('path', _MODULES.values(), ids=_MODULES.keys())
def test_files_stay_small(path: pathlib.Path):
  lines = len(path.read_text('utf-8').splitlines())
  assert lines <= _MAX_LINES, 'split it by noun'


@pytest.mark.parametrize('module', _MODULES)
def test_names_say_what_a_module_holds(module):
  assert not _NAMES_THAT_SAY_NOTHING & set(module.split('.'))


def test_build_is_what_the_imports_say():
  wanted, found = build_file.render(), build_file.present()
  stale = [
    path.relative_to(source_tree.ROOT).as_posix()
    for path in sorted(wanted.keys() | found.keys())
    if wanted.get(path) != found.get(path)
  ]
  assert not stale, 'run `python -m tests.build_file`'
