"""What pip installs is what the tree holds, and all that it imports."""

import ast
import re
import runpy
from typing import Any

import pytest
import setuptools

import exporter
from tests import each
from tests import source_tree
from tests.consumers import environments

_ROOT = source_tree.ROOT
_MODULES = source_tree.modules()
_SHIPPED = {
  name: path
  for name, path in _MODULES.items()
  if name.split('.')[0] in ('exporter', 'model_specs', 'slimhub_keras')
}

# Packages that come with TensorFlow, at the version that it needs.
_WITH_TENSORFLOW = {'flatbuffers', 'keras', 'protobuf'}


@pytest.fixture(name='arguments')
def _arguments(monkeypatch):
  """What setup.py gives to setuptools."""
  arguments: dict[str, Any] = {}
  monkeypatch.setattr(setuptools, 'setup', arguments.update)
  runpy.run_path(str(_ROOT / 'setup.py'))
  return arguments


def _distribution(requirement):
  return re.split(r'[^\w-]', requirement)[0].replace('_', '-')


def test_one_version(arguments):
  assert arguments['version'] == exporter.__version__
  bazel = (_ROOT / 'MODULE.bazel').read_text('utf-8')
  assert f'version = "{exporter.__version__}",' in bazel
  changelog = (_ROOT / 'CHANGELOG.md').read_text('utf-8')
  assert f'## [{exporter.__version__}]' in changelog


def test_every_package_is_installed(arguments):
  packages = {
    name for name, path in _SHIPPED.items() if path.name == '__init__.py'
  }
  folders = {path.parent for path in _SHIPPED.values()} - {_ROOT}
  assert len(folders) == len(packages), 'a folder lacks its __init__.py'
  assert set(arguments['packages']) == packages


def test_every_module_beside_the_packages_is_installed(arguments):
  modules = {name for name, path in _SHIPPED.items() if path.parent == _ROOT}
  assert set(arguments['py_modules']) == modules


def test_every_data_file_is_installed(arguments):
  installed = {
    path
    for package, globs in arguments['package_data'].items()
    for pattern in globs
    for path in (_ROOT / package.replace('.', '/')).glob(pattern)
  }
  present = {
    path
    for folder in ('exporter', 'model_specs')
    for path in (_ROOT / folder).rglob('*')
    if path.is_file() and path.suffix not in ('.py', '.pyc')
    if path.name != 'BUILD'
  }
  assert installed == present


# Modules that import what an extra brings, once it is asked for.
_EXTRAS = {
  'exporter.pipeline.cluster': {'ray'},
  'exporter.audit.portable_files': {'onnx'},
  'exporter.hub.answer': {'starlette'},
  'exporter.hub.application': {'starlette'},
  'exporter.hub.calls': {'starlette'},
  'exporter.hub.comments': {'markdown-it-py'},
  'exporter.hub.cors': {'starlette'},
  'exporter.hub.connection': {'uvicorn'},
  'exporter.hub.download': {'starlette'},
  'exporter.hub.exposure': {'starlette'},
  'exporter.hub.guard': {'starlette'},
  'exporter.hub.headers': {'starlette'},
  'exporter.hub.limits': {'starlette'},
  'exporter.hub.metrics': {'prometheus-client', 'starlette'},
  'exporter.hub.recent': {'starlette'},
  'exporter.hub.watching': {'starlette'},
  'exporter.hub.page': {'markdown-it-py'},
  'exporter.artifacts.litert': {'ai-edge-litert'},
  'exporter.formats.litert': {'ai-edge-litert'},
  'exporter.formats.onnx': {'onnxruntime'},
  'exporter.measure.photographs': {'scikit-image'},
  'exporter.proof.ranges': {'onnx'},
  'exporter.artifacts.onnx_translated': {'tf2onnx'},
  'exporter.publishing.onnx_zoo': {'onnx'},
  'exporter.signing.envelopes': {'securesystemslib'},
  'exporter.signing.keys': {'cryptography'},
  'exporter.signing.signatures': {'model-signing'},
  'exporter.site.build': {'mkdocs'},
  'exporter.site.guides': {'nbconvert'},
  'exporter.artifacts.onnx': {'onnx', 'onnxruntime', 'tf2onnx'},
  'exporter.artifacts.onnx_facts': {'onnx'},
  'exporter.artifacts.onnx_fold': {'onnx'},
  'exporter.artifacts.onnx_quantized': {'onnx'},
  'exporter.hub.server': {'starlette', 'uvicorn'},
}


@each.over('module', _SHIPPED)
def test_every_import_is_required(arguments, module):
  required = set(map(_distribution, arguments['install_requires']))
  required |= _EXTRAS.get(module, set())
  imported = set(source_tree.distributions(_SHIPPED[module]))
  assert imported <= required | _WITH_TENSORFLOW


def test_tests_import_what_the_extra_brings(arguments):
  extras = arguments['extras_require']['test'] + arguments['install_requires']
  brought = set(map(_distribution, extras)) | _WITH_TENSORFLOW
  imported = {
    distribution
    for name, path in _MODULES.items()
    if name.startswith('tests.')
    for distribution in source_tree.distributions(path)
  }
  assert imported <= brought


def test_the_oldest_environment_has_all_that_is_required_and_no_more(arguments):
  oldest = environments.OLDEST
  assert arguments['python_requires'].startswith(f'>={oldest.python},')
  installed = list(map(_distribution, oldest.requirements))
  required = list(map(_distribution, arguments['install_requires']))
  assert installed == required
  for requirement, pinned in zip(
    arguments['install_requires'], oldest.requirements, strict=True
  ):
    floor = re.search(r'>=([\d.]+)', requirement)
    if floor:
      assert f'=={floor[1]}' in pinned


def test_the_command_exists(arguments):
  (script,) = arguments['entry_points']['console_scripts']
  module, _, function = script.removeprefix('slimhub = ').partition(':')
  tree = source_tree.syntax(_MODULES[module])
  assert function in {
    node.name for node in tree.body if isinstance(node, ast.FunctionDef)
  }
