"""A strict type checker sees the installed package as its callers use it."""

import os
import pathlib
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
  'exporter.cards',
  'exporter.checkpoints',
  'exporter.checkpoints.fetch',
  'exporter.hub',
  'exporter.measure',
  'exporter.pipeline',
  'exporter.site',
  'exporter.storage',
  'model_specs',
  'model_specs.spec_files',
)
# What the packages themselves use of one another: arrays of any type, a model
# of Keras, which has no types, and tables as a TOML or JSON file has them.
_OF_ANY = {
  'exporter.checkpoints.synthetic_images',
  'exporter.checkpoints.synthetic_pictures',
  'exporter.measure.keras_model',
  'exporter.measure.pictures_digest',
  'exporter.measure.read_pictures',
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


@pytest.fixture(scope='module', name='python')
def _python(tmp_path_factory) -> pathlib.Path:
  return installed.install(tmp_path_factory.mktemp('installed'))


def _check(
  python: pathlib.Path, folder: pathlib.Path, *programs: str
) -> list[tuple[str, str]]:
  """The errors of a strict type checker: FILE:LINE, and what it says."""
  paths = [folder / f'program_{at}.py' for at in range(len(programs))]
  for path, program in zip(paths, programs, strict=True):
    path.write_text(program)
  environment = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}
  done = subprocess.run(
    [
      *(sys.executable, '-m', 'mypy', '--strict', '--disallow-any-expr'),
      *('--config-file=', '--no-error-summary', '--hide-error-context'),
      *(f'--python-executable={python}', f'--cache-dir={folder / "cache"}'),
      *(path.name for path in paths),
    ],
    cwd=folder,
    env=environment,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode in (0, 1), done.stderr
  return re.findall(r'^(\S+:\d+): error: (.*)$', done.stdout, re.MULTILINE)


def test_the_guide_is_free_of_errors_and_of_any(python, tmp_path):
  blocks = code_blocks.find(_GUIDE, 'python')
  assert _check(python, tmp_path, *blocks) == []


def test_no_any_leaks_from_a_face(python, tmp_path):
  names = [f'{face}.{n}' for face in _FACES for n in layout.names(face)]
  lines = [f'import {face}' for face in _FACES]
  # In a tuple, whose type has every part of theirs.
  lines += [f'_{at} = ({name},)' for at, name in enumerate(names)]
  errors = _check(python, tmp_path, '\n'.join(lines))
  leaking = {
    names[int(where.split(':')[1]) - 1 - len(_FACES)] for where, _ in errors
  }
  assert leaking == _OF_ANY


def test_wrong_use_is_an_error(python, tmp_path):
  imports = 'from exporter import cards, measure, pipeline, storage'
  lines = [f'_{at} = {text}' for at, text in enumerate(_WRONG)]
  errors = _check(python, tmp_path, '\n'.join((imports, *lines)))
  for number, (text, expected) in enumerate(_WRONG.items(), start=2):
    messages = [
      message for where, message in errors if where.endswith(f':{number}')
    ]
    assert any(expected in each for each in messages), text
