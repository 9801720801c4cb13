"""That environments are found, made once, and their lack is said aloud."""

import dataclasses
import sys

import pytest

from tests.consumers import environments

_THIS = f'{sys.version_info.major}.{sys.version_info.minor}'


def _shim(folder, version, text):
  path = folder / f'python{version}'
  path.write_text(f'#!/bin/sh\n{text}\n')
  path.chmod(0o755)


@pytest.fixture
def machine(tmp_path, monkeypatch):
  """A machine without any Python, its PATH being the folder returned."""
  monkeypatch.setenv('PATH', str(tmp_path))
  monkeypatch.setenv('HOME', str(tmp_path))
  monkeypatch.setattr(environments, '_FOLDER', tmp_path / 'consumers')
  return tmp_path


def test_an_interpreter_on_the_path_is_found(machine):
  _shim(machine, _THIS, f'exec {sys.executable} "$@"')
  interpreter = environments.find_interpreter(_THIS)
  assert interpreter == str(machine / f'python{_THIS}')


def test_an_interpreter_of_pyenv_is_found_behind_a_shim_that_fails(machine):
  _shim(machine, _THIS, 'exit 127')
  folder = machine / '.pyenv' / 'versions' / f'{_THIS}.1' / 'bin'
  folder.mkdir(parents=True)
  (folder / 'python').symlink_to(sys.executable)
  assert environments.find_interpreter(_THIS) == str(folder / 'python')


def test_another_version_under_the_name_is_not_taken(machine):
  _shim(machine, '3.7', f'exec {sys.executable} "$@"')
  assert environments.find_interpreter('3.7') is None


def test_what_is_missing_is_said(machine):
  with pytest.raises(pytest.skip.Exception, match=r'Python 3\.7, which tf1'):
    environments.interpreter(
      dataclasses.replace(environments.TF1, requirements=('nothing',))
    )


def test_an_environment_is_made_once(machine, monkeypatch):
  installed = []

  def install(environment, _):
    environment.folder.mkdir()
    installed.append(environment)

  monkeypatch.setattr(environments, '_install', install)
  _shim(machine, _THIS, f'exec {sys.executable} "$@"')
  environment = environments.Environment('some', _THIS, ('package',))
  for _ in range(2):
    environments.make.cache_clear()
    python = environments.make(environment)
  assert installed == [environment]
  assert python == environment.folder / 'bin' / 'python'


def test_other_requirements_make_another_environment():
  environment = dataclasses.replace(environments.TF1, requirements=('nothing',))
  assert environment.folder != environments.TF1.folder


def test_versions_are_read_from_the_requirements():
  requirements = ('a-b[c]==1.2', 'tensorflow-cpu==2.15.*', 'numpy<2', 'flat')
  environment = dataclasses.replace(environments.TF1, requirements=requirements)
  assert environment.pinned == {'a-b': '1.2', 'tensorflow': '2.15'}
