"""Spec files, and packages that bring them, add models to the registry."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

import model_specs
from model_specs.spec_files import files
from model_specs.spec_files import text as text_lib
from tests import some_spec_file
from tests import source_tree


def _refused(path: pathlib.Path) -> str:
  with pytest.raises(model_specs.SpecError) as raised:
    files.read_models(path)
  return str(raised.value)


def test_every_model_of_a_file(tmp_path):
  path = tmp_path / 'models.toml'
  tables = [some_spec_file.values(name=name) for name in ('a', 'b')]
  path.write_text(text_lib.document(tables))
  assert [model.name for model in files.read_models(path)] == ['a', 'b']
  registry = files.load_registry(path, tmp_path / '.' / 'models.toml')
  assert [model.name for model in registry.own] == ['a', 'b']
  assert len(registry.models) == len(model_specs.MODELS) + 2


def test_paths_are_meant_from_the_folder_of_the_file(tmp_path, monkeypatch):
  (tmp_path / 'labels.txt').write_text('a\nb\nc\n')
  path = some_spec_file.write(tmp_path, label_file='labels.txt', checkpoint='x')
  monkeypatch.chdir(tmp_path.parent)
  (model,) = files.read_models(pathlib.Path(tmp_path.name) / path.name)
  assert model.own
  assert model.own.labels == ('a', 'b', 'c')
  assert model.own.folder == tmp_path


@pytest.mark.parametrize(
  ('text', 'says'),
  [
    ('model = [', 'is not TOML: .*document'),
    ('a = 1\nb = x', 'is not TOML: .*line 2'),
    ('x = "\udcff"', 'is not TOML: it is not UTF-8; save it'),
    ('', 'holds nothing, expected nothing but a table'),
    ('name = "x"', 'holds name, expected nothing but a table'),
    ('[model]\nname = "x"', r'holds model, expected .*\[\[model\]\] for each'),
    ('model = [1]', 'holds model, expected'),
    ('[[model]]\n[[models]]', 'holds model, models, expected'),
    ('a = ' + '9' * 5000, 'is not TOML: .*digits'),
    ('a = ' + '[' * 5000 + ']' * 5000, 'too many brackets in one another'),
    ('"a\\u001b" = 1', r'holds a\\x1b, expected'),
  ],
)
def test_what_is_no_spec_file(tmp_path, text, says):
  path = tmp_path / 'my.toml'
  path.write_bytes(text.encode(errors='surrogateescape'))
  message = _refused(path)
  assert str(path) in message
  assert re.search(says, message)


def test_a_file_that_is_not_there(tmp_path):
  message = _refused(tmp_path / 'no.toml')
  assert 'no.toml cannot be read: No such file or directory' in message
  assert '`slimhub new NAME`' in message


def test_what_never_ends_is_no_spec_file(tmp_path):
  os.mkfifo(tmp_path / 'pipe.toml')
  assert 'is a named pipe, expected a file' in _refused(tmp_path / 'pipe.toml')
  assert 'is a device, expected a file' in _refused(pathlib.Path('/dev/zero'))
  with (tmp_path / 'large.toml').open('wb') as file:
    file.truncate(2**30)
  assert 'expected at most 16,777,216' in _refused(tmp_path / 'large.toml')


def test_all_that_is_wrong_with_a_file_is_said_at_once(tmp_path):
  path = tmp_path / 'models.toml'
  tables = [
    some_spec_file.values(name='a', size=0, nme='x'),
    some_spec_file.values(name='b', labels=['one']),
  ]
  del tables[0]['nme']
  text = text_lib.document(tables).replace('size = 0', 'size = 0\nnme = 1', 1)
  path.write_text(text)
  message = _refused(path)
  for part in (
    "models.toml: model 'a' cannot be used",
    'size is 0, expected a whole number from 1 to 4096',
    'unknown key nme; did you mean name?',
    "models.toml: model 'b' cannot be used",
    'labels has 1 names, expected 3',
  ):
    assert part in message


def test_two_files_with_one_model_are_both_named(tmp_path):
  paths = []
  for name in ('one', 'two'):
    (tmp_path / name).mkdir()
    paths.append(some_spec_file.write(tmp_path / name))
  with pytest.raises(model_specs.SpecError) as raised:
    files.load_registry(*paths)
  for path in paths:
    assert str(path) in str(raised.value)


def test_a_name_that_another_model_has_is_no_alias(tmp_path):
  taken = 'google/imagenet/mobilenet_v1_025_128/classification/5'
  path = some_spec_file.write(
    tmp_path, also_known_as={taken: 'classification/2'}
  )
  with pytest.raises(model_specs.SpecError, match=r'also_known_as: .*another'):
    files.load_registry(path)


_SETUP = """
import setuptools
setuptools.setup(
  name='acme-models', version='1.0', packages=['acme_models'],
  package_data={{'acme_models': ['*.toml']}},
  entry_points={{'slimhub.models': ['acme = acme_models:{}']}},
)
"""
_MODULE = """
import pathlib
FILE = pathlib.Path(__file__).parent / 'models.toml'
def find():
  return str(FILE)
NOTHING = 5
NO_FILE = FILE.with_name('no.toml')
TAKEN = FILE.with_name('taken.toml')
def leave():
  raise SystemExit(0)
class Stop(BaseException):
  pass
def stop():
  raise Stop('now')
"""


def _install(folder: pathlib.Path, attribute: str) -> pathlib.Path:
  """Installs a package of models with pip; returns where."""
  project, target = folder / 'project', folder / 'installed'
  package = project / 'acme_models'
  package.mkdir(parents=True)
  (package / '__init__.py').write_text(_MODULE)
  some_spec_file.write(package)
  (project / 'setup.py').write_text(_SETUP.format(attribute))
  subprocess.run(
    [
      *(sys.executable, '-m', 'pip', 'install', '--quiet', '--no-deps'),
      *('--no-build-isolation', '--no-index', f'--target={target}', project),
    ],
    check=True,
  )
  return target


def _list(target: pathlib.Path, *argv: str) -> subprocess.CompletedProcess[str]:
  path = os.pathsep.join([str(source_tree.ROOT), str(target)])
  return subprocess.run(
    [sys.executable, '-m', 'exporter', 'list', *argv],
    env={**os.environ, 'PYTHONPATH': path},
    capture_output=True,
    text=True,
    check=False,
  )


@pytest.mark.parametrize('attribute', ['FILE', 'find'])
def test_an_installed_package_brings_its_models(tmp_path, attribute):
  target = _install(tmp_path, attribute)
  done = _list(target, 'acme/flowers/*')
  assert done.returncode == 0, done.stderr
  assert 'acme/flowers/small/classification' in done.stdout
  again = _list(target, f'--spec_file={some_spec_file.write(tmp_path)}')
  assert again.returncode == 1
  assert 'two specs are called acme/flowers/small' in again.stderr
  assert str(target / 'acme_models/models.toml') in again.stderr
  assert str(tmp_path / 'models.toml') in again.stderr


_BROKEN = {
  'NOTHING': 'TypeError: expected str',
  'missing': 'AttributeError: ',
  'leave': 'SystemExit: 0',
  'stop': 'Stop: now',
  'NO_FILE': 'no.toml cannot be read: No such file',
  'TAKEN': 'has the name of a published model',
}


@pytest.mark.parametrize('attribute', _BROKEN)
def test_a_package_that_is_wrong_is_named(tmp_path, monkeypatch, attribute):
  (tmp_path / 'acme_models-1.0.dist-info').mkdir()
  about = tmp_path / 'acme_models-1.0.dist-info'
  (about / 'METADATA').write_text('Name: acme-models\nVersion: 1.0\n')
  (about / 'entry_points.txt').write_text(
    f'[{files.GROUP}]\nacme = acme_models:{attribute}\n'
  )
  (tmp_path / 'acme_models.py').write_text(_MODULE)
  taken = some_spec_file.values(dataset='imagenet', name='mobilenet_v1_025_128')
  (tmp_path / 'taken.toml').write_text(text_lib.document([taken]))
  monkeypatch.syspath_prepend(tmp_path)
  monkeypatch.delitem(sys.modules, 'acme_models', raising=False)
  registry = files.load_registry(some_spec_file.write(tmp_path))
  (problem,) = registry.broken
  assert problem.startswith(
    'package acme-models: its entry point acme of slimhub.models'
  )
  assert _BROKEN[attribute] in problem
  assert problem.endswith('mend or uninstall the package')
  assert [model.name for model in registry.own] == ['small']
  assert registry.joined([]).broken == registry.broken


def test_a_package_that_is_wrong_stops_nobody_else(tmp_path):
  target = _install(tmp_path, 'leave')
  listed = _list(target, 'mobilenet_v1_025_128')
  asked = _list(target, 'acme/flowers/small')
  for done in (listed, asked):
    assert 'slimhub: warning: package acme-models: its entry' in done.stderr
    assert 'Traceback' not in done.stderr
  assert listed.returncode == 0
  assert 'google/imagenet/mobilenet_v1_025_128/' in listed.stdout
  assert asked.returncode == 2
