"""What pip installs has all that the commands and the site need."""

import pathlib
import subprocess
import sys

import pytest

import exporter
from tests import installed
from tests import source_tree


@pytest.fixture(scope='module', name='python')
def _python(tmp_path_factory) -> pathlib.Path:
  return installed.install(tmp_path_factory.mktemp('installed'))


def _run(python: pathlib.Path, *arguments: str) -> str:
  done = subprocess.run(
    [python, *arguments],
    cwd=python.parent,
    # nbconvert and its templates are in the environment of the tests.
    env={'JUPYTER_PATH': str(pathlib.Path(sys.prefix, 'share', 'jupyter'))},
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout


def test_the_command_says_its_version(python):
  output = _run(python, '-m', 'exporter', '--version')
  assert output == f'slimhub {exporter.__version__}\n'


def test_guides_and_notebooks_are_pages_without_the_repository(python):
  code = 'from exporter.site import guides; print(*guides.texts(), sep="\\n")'
  docs = source_tree.ROOT / 'docs'
  names = {
    path.stem for form in ('*.md', '*.ipynb') for path in docs.glob(form)
  }
  pages = {f'guides/{name}.md' for name in names}
  assert set(_run(python, '-c', code).split()) == pages


def test_both_packages_tell_type_checkers_that_they_are_typed(python):
  code = (
    'import exporter, model_specs, pathlib\n'
    'for each in (exporter, model_specs):\n'
    '  print(pathlib.Path(each.__file__).with_name("py.typed").is_file())'
  )
  assert _run(python, '-c', code).split() == ['True', 'True']
