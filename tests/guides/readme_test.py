"""What the README shows is what happens."""

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

from exporter import networks
from exporter.checkpoints import synthetic
import model_specs
from tests import checkpoints_made as checkpoints
from tests import code_blocks
from tests.consumers import environments

_ROOT = pathlib.Path(__file__).parents[2]
_README = (_ROOT / 'README.md').read_text()
_MODEL = 'mobilenet_v1_025_128'
_SECONDS = re.compile(r'\d+\.\d s|(?<=^all )(.* )\d+\.\d$', re.MULTILINE)


def _blocks(language: str) -> list[str]:
  return code_blocks.find(_README, language)


def _session() -> list[tuple[str, str]]:
  """Each command of the session with its output."""
  (text,) = _blocks('console')
  parts = (part.partition('\n') for part in text.split('$ ')[1:])
  return [(command, shown) for command, _, shown in parts]


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where the README's commands have been run, with their outputs."""
  folder = tmp_path_factory.mktemp('readme')
  model = model_specs.get_model(_MODEL)
  inference, _ = networks.sources(model)
  checkpoints.write(
    folder / 'checkpoints' / model.checkpoint,
    synthetic.tensors(inference.shapes),
  )
  return folder


def _run(arguments: list[str | pathlib.Path], folder: pathlib.Path) -> str:
  done = subprocess.run(
    arguments,
    cwd=folder,
    env={**os.environ, 'PYTHONPATH': str(_ROOT)},
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout


@pytest.fixture(scope='module', name='outputs')
def _outputs(folder) -> list[tuple[str, str]]:
  """What the README shows, and what was printed, command by command."""
  shown_and_printed = []
  for command, shown in _session():
    program, *arguments = shlex.split(command)
    assert program == 'slimhub'
    printed = _run([sys.executable, '-m', 'exporter', *arguments], folder)
    shown_and_printed.append((shown, printed))
  return shown_and_printed


def test_the_session_prints_what_it_shows(outputs):
  for shown, printed in outputs:
    expected, words = (
      _SECONDS.sub('? s', text).split() for text in (shown, printed)
    )
    # The summary of a run is shown once.
    assert words[: len(expected)] == expected


def test_the_library_does_what_the_session_did(folder, outputs):
  del outputs  # The exports are there.
  (snippet,) = _blocks('py')
  printed = _run([sys.executable, '-c', snippet], folder)
  assert [line.split()[1] for line in printed.splitlines()] == ['kept'] * 4


@pytest.mark.parametrize('number', [0, 1, 2])
def test_the_snippets_run_on_the_exports(number, folder, outputs):
  del outputs  # The exports are there.
  snippet = _blocks('python')[number]
  assert f'exports/google/imagenet/{_MODEL}/' in snippet
  _run([sys.executable, '-c', snippet], folder)


@pytest.mark.others
def test_the_snippet_for_hub_module_runs_where_hub_module_does(folder, outputs):
  del outputs
  python = environments.interpreter(environments.TF1)
  _run([python, '-c', _blocks('python')[3]], folder)


def test_the_two_commands_are_targets_of_make():
  makefile = (_ROOT / 'Makefile').read_text()
  for target in re.findall(r'^make (\w+)', _README, re.MULTILINE):
    assert re.search(rf'^{target}:', makefile, re.MULTILINE)
