"""The rules of the layout: one order of packages, faces, small files, tests."""

import ast
from collections.abc import Iterator
import importlib
import pathlib
import re
import subprocess
import sys

from tests import build_file
from tests import each
from tests import layout
from tests import source_tree

# Tests of a module that bear another name than its own.
_TESTED_IN = {
  'exporter.__main__': 'cli.entry_test',
  'exporter.artifacts.converting': 'formats.converted_file_test',
  'exporter.elements': 'site.pages_test',
  'exporter.pipeline.changes': 'pipeline.resume_test',
  'exporter.pipeline.evaluate': 'measure.evaluation_test',
  'exporter.results': 'errors_test',
  'model_specs.checks': 'model_specs.spec_test',
  'model_specs.family': 'model_specs.spec_test',
  'model_specs.figures': 'model_specs.spec_test',
  'model_specs.own': 'model_specs.spec_files.model_test',
  'model_specs.spec_files.keys': 'model_specs.spec_files.text_test',
}
# What is proven as a whole, by the test of this name.
_TESTED_TOGETHER = {
  'exporter.cli': 'cli.entry_test',
  'exporter.cli.commands': 'cli.entry_test',
  'exporter.formats': 'formats.registry_test',
  'exporter.networks': 'networks.networks_test',
  'exporter.site': 'site.build_test',
  'model_specs.families': 'model_specs.model_specs_test',
}

# What `slimhub list` and the cards need must not wait for TensorFlow.
_WITHOUT_TENSORFLOW = (
  'model_specs',
  'model_specs.labels',
  'exporter.cards.card',
  'exporter.cards.client_results',
  'exporter.cards.tree',
  'exporter.checkpoints.fetch.pool',
  'exporter.cli.entry',
  'exporter.formats.registry',
  'exporter.hub.kagglehub_cache',
  'exporter.hub.pack',
  'exporter.hub.server',
  'exporter.hub.tfhub_cache',
  'exporter.pipeline.batch',
  'exporter.pipeline.settled',
  'exporter.site.build',
  'exporter.storage.manifest',
)

_NAMES_THAT_SAY_NOTHING = {'common', 'helper', 'helpers', 'misc', 'utils'}
_MAX_LINES = 300

_MODULES = source_tree.modules()
_SHIPPED = [
  name for name in _MODULES if name.startswith(('exporter', 'model_specs'))
]
_SPECS = [name for name in _SHIPPED if name.startswith('model_specs')]


def _later(module: str) -> list[str]:
  """What a module imports that does not stand left of its own package."""
  own = layout.package(module)
  return [
    name
    for name in source_tree.internal(_MODULES[module])
    if name != 'exporter'  # It holds the version, which everything may say.
    and layout.package(name) != own
    and layout.rank(layout.package(name)) >= layout.rank(own)
  ]


def test_every_package_has_its_place_in_the_order():
  packages = {layout.package(name) for name in _SHIPPED}
  assert packages == {name for step in layout.ORDER for name in step}


@each.over('module', _SHIPPED)
def test_imports_go_one_way(module):
  assert not _later(module), 'stands not left of it in tests/layout.py'


@each.over('package', [name for step in layout.ORDER for name in step])
def test_no_circle_inside_a_package(package):
  inside = {
    name: set(source_tree.internal(_MODULES[name]))
    for name in _SHIPPED
    if layout.package(name) == package and name != package
  }
  waiting = {
    name: deps & inside.keys() - {name} for name, deps in inside.items()
  }
  while waiting:
    free = [name for name, deps in waiting.items() if not deps & waiting.keys()]
    assert free, f'these import one another: {sorted(waiting)}'
    for name in free:
      del waiting[name]


def _imported(path: pathlib.Path) -> Iterator[tuple[str, str, str]]:
  """The source, the name and the local name of each import from this tree."""
  for node in ast.walk(source_tree.syntax(path)):
    if isinstance(node, ast.ImportFrom) and node.module in _MODULES:
      for alias in node.names:
        yield node.module, alias.name, alias.asname or alias.name


def _crossings(path: pathlib.Path, own: str) -> Iterator[str]:
  """What a module takes from other packages that is not on their face."""
  faces = {'model_specs': 'model_specs'}
  for source, name, local in _imported(path):
    full = f'{source}.{name}'
    package = layout.package(full if full in _MODULES else source)
    if package in (own, 'exporter'):
      continue
    if full in layout.FACES:
      faces[local] = full
    elif not layout.offers(source, name):
      yield full
  for node in ast.walk(source_tree.syntax(path)):
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
      face = faces.get(node.value.id)
      if face and not layout.offers(face, node.attr):
        yield f'{face}.{node.attr}'


@each.over('module', _SHIPPED)
def test_only_names_of_a_face_cross_between_packages(module):
  strange = sorted(_crossings(_MODULES[module], layout.package(module)))
  assert not strange, 'not on the face of their package'


@each.over('face', layout.FACES)
def test_a_face_is_a_caption_and_names_that_exist(face):
  path = _MODULES[face]
  caption = ast.get_docstring(source_tree.syntax(path))
  assert caption
  assert '\n' not in caption
  module = importlib.import_module(face)
  for name in layout.names(face):
    assert getattr(module, name) is not None
  assert sorted(module.__all__) == sorted(layout.names(face))


def test_contributing_shows_the_order_and_every_caption():
  text = (source_tree.ROOT / 'CONTRIBUTING.md').read_text('utf-8')
  one_line = ' '.join(text.split())
  for face in layout.FACES:
    caption = ast.get_docstring(source_tree.syntax(_MODULES[face]))
    assert str(caption) in one_line, (
      f'CONTRIBUTING.md lacks the caption of {face}'
    )
  assert layout.picture() in text, 'CONTRIBUTING.md shows another order'


@each.over('module', [*_SHIPPED, 'slimhub_keras'])
def test_nothing_shipped_imports_a_test_or_a_benchmark(module):
  strange = [
    name
    for name in source_tree.internal(_MODULES[module])
    if name.startswith(('tests', 'benchmarks'))
  ]
  assert not strange


@each.over('module', _SPECS)
def test_specs_are_data_of_the_standard_library_alone(module):
  assert set(source_tree.distributions(_MODULES[module])) <= {'tomli'}


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
  assert doors == ['exporter.networks.slim']


def test_the_two_writers_never_meet():
  for own, foreign in (('tf1_', 'tf2_'), ('tf2_', 'tf1_')):
    for name in _SHIPPED:
      if name.startswith(f'exporter.artifacts.{own}'):
        assert not [
          imported
          for imported in source_tree.internal(_MODULES[name])
          if imported.startswith(f'exporter.artifacts.{foreign}')
        ]


# One process for all: what is missing is missing whoever imports it first.
_IMPORT_ALL = """
import importlib, sys, traceback
sys.modules.update(dict.fromkeys(('tensorflow', 'tensorflow_hub', 'tf_slim')))
for module in sys.argv[1:]:
  try:
    importlib.import_module(module)
  except ImportError:
    print(f'{module} does not import:')
    traceback.print_exc(file=sys.stdout)
"""


def test_imports_where_tensorflow_is_missing():
  done = subprocess.run(
    [sys.executable, '-c', _IMPORT_ALL, *_WITHOUT_TENSORFLOW],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert (done.returncode, done.stdout) == (0, ''), done.stderr


def _test_of(module: str) -> str:
  """The test of a module: tests/PACKAGE/MODULE_test.py."""
  package = module.rpartition('.')[0]
  test = f'{module.removeprefix("exporter.")}_test'
  if module in _TESTED_IN:
    return _TESTED_IN[module]
  if f'tests.{test}' not in _MODULES and package in _TESTED_TOGETHER:
    return _TESTED_TOGETHER[package]
  return test


@each.over(
  'module',
  [name for name in _SHIPPED if _MODULES[name].name != '__init__.py'],
)
def test_every_module_has_a_test(module):
  test = _test_of(module)
  assert f'tests.{test}' in _MODULES, f'write tests/{test.replace(".", "/")}.py'


@each.over('module', _MODULES)
def test_files_stay_small(module):
  lines = len(_MODULES[module].read_text('utf-8').splitlines())
  assert lines <= _MAX_LINES, 'split it by noun'


@each.over('module', _MODULES)
def test_names_say_what_a_module_holds(module):
  assert not _NAMES_THAT_SAY_NOTHING & set(re.split(r'[._]', module))


def test_build_is_what_the_imports_say():
  wanted, present = build_file.render(), build_file.present()
  stale = [
    path.relative_to(source_tree.ROOT).as_posix()
    for path in sorted(wanted.keys() | present.keys())
    if wanted.get(path) != present.get(path)
  ]
  assert not stale, 'run `python -m tests.build_file`'
