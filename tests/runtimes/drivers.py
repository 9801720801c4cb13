"""Gives files to a runtime where it lives: Chromium, Node, or a Python."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import json
import pathlib
import subprocess
import tempfile

from playwright import sync_api

from exporter.artifacts import tfjs_node
from tests import browser as browser_lib
from tests import source_tree
from tests.consumers import environments
from tests.consumers import npm
from tests.runtimes import given as given_lib

_PAGES = pathlib.Path(__file__).with_name('pages')
_READY = '() => window.answer !== undefined'
_CALL = 'given => answer(given)'
Packages = Mapping[str, str]  # Of npm, name -> version.
_Given = Sequence[given_lib.Given]


@contextlib.contextmanager
def _serving(
  packages: Packages, files: _Given
) -> Iterator[tuple[str, list[str]]]:
  """The URL of our pages, packages and files, and the names of the last."""
  with tempfile.TemporaryDirectory(prefix='slimhub_') as folder:
    root = pathlib.Path(folder)
    for page in _PAGES.iterdir():
      (root / page.name).symlink_to(page)
    for name, version in packages.items():
      (root / name).parent.mkdir(exist_ok=True)
      (root / name).symlink_to(npm.package(name, version).resolve())
    names = []
    for place, each in enumerate(files):
      names.append(f'{place}-{each.file.name}')
      (root / names[-1]).symlink_to(each.file)
    with browser_lib.serve(root) as url:
      yield url, names


def in_chromium(
  page_name: str, packages: Packages, files: _Given
) -> list[given_lib.Answers]:
  """What a page of ours answers, which loads packages of npm.

  Args:
    page_name: The page, in the folder `pages`.
    packages: Of npm.
    files: What it runs.
  """
  answers: list[given_lib.Answers] = []
  with _serving(packages, files) as (url, names), browser_lib.launch() as all_:
    page = browser_lib.new_page(all_)
    page.goto(f'{url}/{page_name}')
    page.wait_for_function(_READY)
    for each, name in zip(files, names, strict=True):
      try:
        answers.append(page.evaluate(_CALL, each.message(name)))
      except sync_api.Error as error:
        answers.append(error.message.splitlines()[0])
  return answers


def in_node(
  script: str, packages: Packages, files: _Given
) -> list[given_lib.Answers]:
  """What Node answers, which loads a script of the first of the packages."""
  first, version = next(iter(packages.items()))
  with _serving(packages, files) as (url, names):
    done = subprocess.run(
      [
        *(tfjs_node.find_node(), _PAGES / 'node.js'),
        *(npm.package(first, version).resolve() / script, _PAGES / 'tfjs.js'),
      ],
      input=json.dumps(
        [
          each.message(f'{url}/{name}')
          for each, name in zip(files, names, strict=True)
        ]
      ),
      stdout=subprocess.PIPE,
      stderr=subprocess.DEVNULL,  # Advertisements.
      text=True,
      check=True,
    )
  return json.loads(done.stdout)


def in_python(
  module: str, environment: environments.Environment, files: _Given
) -> list[given_lib.Answers]:
  """What a module of ours answers, in an environment."""
  done = subprocess.run(
    [environments.interpreter(environment), '-m', module],
    input=json.dumps([each.message(str(each.file)) for each in files]),
    env=environments.variables(PYTHONPATH=str(source_tree.ROOT)),
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
    check=True,
  )
  return json.loads(done.stdout)
