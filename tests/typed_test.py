"""A strict type checker sees the installed package as its callers use it."""

import os
import re
import subprocess
import sys

import pytest

from tests import code_blocks
from tests import installed
from tests import layout
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/from_python.md').read_text('utf-8')
_FACES = (
  'exporter.audit',
  'exporter.cards',
  'exporter.checkpoints',
  'exporter.checkpoints.fetch',
  'exporter.hub',
  'exporter.measure',
  'exporter.pipeline',
  'exporter.signing',
  'exporter.site',
  'exporter.storage',
  'model_specs',
  'model_specs.spec_files',
)
# What the packages themselves use of one another: arrays of any type, a model
# of Keras, which has no types, tables as a TOML or JSON file has them, and keys
# of a package that need not be there.
_OF_ANY = {
  'exporter.checkpoints.synthetic_images',
  'exporter.checkpoints.synthetic_pictures',
  'exporter.measure.keras_model',
  'exporter.measure.pictures_digest',
  'exporter.measure.read_pictures',
  'exporter.signing.check_certified',
  'exporter.signing.check_statement',
  'exporter.signing.public',
  'model_specs.spec_files.brief',
  'model_specs.spec_files.document',
  'model_specs.spec_files.problems',
  'model_specs.spec_files.read_model',
}
_WRONG = {
  "pipeline.export_models('a', 'out')": 'Too many positional arguments',
  "pipeline.export_models('a', output_dir=3)": 'has incompatible type "int"',
  "pipeline.export_models('a', output_dir='b', weights='none')": (
    'incompatible type "Literal[\'none\']"'
  ),
  "pipeline.export_models('a', out='b')": 'Unexpected keyword argument "out"',
  "pipeline.verify_exports('a')[0].state": 'has no attribute "state"',
  "pipeline.Order('bake', (), storage.to_folder('a'))": (
    'incompatible type "Literal[\'bake\']"'
  ),
  "storage.items('a').usable[0].stem + 5": 'Unsupported operand types',
  "cards.model_card('a/handle')": 'expected "Handle"',
  "pipeline.evaluate_exports('a')": 'Missing named argument "images"',
}


def _programs() -> dict[str, str]:
  """Name -> what a caller wrote; each is checked as a program of its own."""
  guide = code_blocks.find(_GUIDE, 'python')
  imports = [f'import {face}' for face in _FACES]
  # In a tuple, whose type has every part of theirs.
  uses = [f'_{at} = ({name},)' for at, name in enumerate(_names())]
  wrong = [f'_{at} = {text}' for at, text in enumerate(_WRONG)]
  return {
    **{f'guide_{at}': block for at, block in enumerate(guide)},
    'faces': '\n'.join([*imports, *uses]),
    'wrong': '\n'.join(
      ['from exporter import cards, measure, pipeline, storage', *wrong]
    ),
  }


def _names() -> list[str]:
  return [f'{face}.{name}' for face in _FACES for name in layout.names(face)]


@pytest.fixture(scope='module', name='complaints')
def _complaints(tmp_path_factory) -> dict[str, list[tuple[int, str]]]:
  """Program -> the line and the text of each error of a strict type checker.

  One run checks all of them, as most of its time goes into the libraries.
  """
  python = installed.install(tmp_path_factory.mktemp('installed'))
  folder = tmp_path_factory.mktemp('programs')
  programs = _programs()
  for name, text in programs.items():
    (folder / f'{name}.py').write_text(text)
  environment = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}
  done = subprocess.run(
    [
      *(sys.executable, '-m', 'mypy', '--strict', '--disallow-any-expr'),
      *('--config-file=', '--no-error-summary', '--hide-error-context'),
      *(f'--python-executable={python}', f'--cache-dir={os.devnull}'),
      *(f'{name}.py' for name in programs),
    ],
    cwd=folder,
    env=environment,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 1, done.stderr
  complaints: dict[str, list[tuple[int, str]]] = {name: [] for name in programs}
  for name, line, text in re.findall(
    r'^(\w+)\.py:(\d+): error: (.*)$', done.stdout, re.MULTILINE
  ):
    complaints[name].append((int(line), text))
  return complaints


def test_the_guide_is_free_of_errors_and_of_any(complaints):
  guide = [name for name in complaints if name.startswith('guide_')]
  assert len(guide) == _GUIDE.count('```python')
  for name in guide:
    assert complaints[name] == [], name


def test_no_any_leaks_from_a_face(complaints):
  names = _names()
  leaking = {names[line - 1 - len(_FACES)] for line, _ in complaints['faces']}
  assert leaking == _OF_ANY


def test_wrong_use_is_an_error(complaints):
  for number, (text, expected) in enumerate(_WRONG.items(), start=2):
    said = [said for line, said in complaints['wrong'] if line == number]
    assert any(expected in each for each in said), text
