"""Tab in real shells completes commands, flags, their values and handles."""

import os
import pathlib
import shutil
import subprocess
import sys

import pexpect
import pytest

from exporter.cli import completion
import model_specs
from model_specs import spec_files
from tests import some_spec_file
from tests import source_tree

_REGISTER = pathlib.Path(sys.executable).with_name(
  'register-python-argcomplete'
)
_SECONDS = 60  # The machine may be busy with other tests.
_WITHOUT_STARTUP_FILES = {'bash': ('--norc', '--noprofile'), 'zsh': ('-f',)}
_PRESSED = {  # What is typed before Tab -> what stands there afterwards.
  'slimhub expo': 'slimhub export ',
  'slimhub export --syn': 'slimhub export --synthetic_weights ',
  'slimhub export --engine=r': 'slimhub export --engine=ray ',
  'slimhub info mobilenet_v1_025_128/cl': (
    'slimhub info mobilenet_v1_025_128/classification/'
  ),
  'slimhub info google/imagenet/pnasnet_large/feature_vector/5': (
    'slimhub info google/imagenet/pnasnet_large/feature_vector/5 '
  ),
}


def _need(shell: str) -> str:
  program = shutil.which(shell)
  if program is None:
    pytest.fail(f'{shell} is missing; run: apt-get install {shell}')
  return program


def _script(shell: str) -> str:
  """What a person's shell reads at its start."""
  return subprocess.run(
    [_REGISTER, f'--shell={shell}', 'slimhub'],
    capture_output=True,
    text=True,
    check=True,
  ).stdout


@pytest.fixture(name='place')
def _place(tmp_path) -> pathlib.Path:
  """An empty home, and the program in a folder of its own."""
  program = tmp_path / 'bin' / 'slimhub'
  program.parent.mkdir()
  program.write_text(f'#!/bin/sh\nexec {sys.executable} -m exporter "$@"\n')
  program.chmod(0o755)
  return tmp_path


def _environment(place: pathlib.Path) -> dict[str, str]:
  return {
    **os.environ,
    'PATH': f'{place / "bin"}:{os.environ["PATH"]}',
    'PYTHONPATH': str(source_tree.ROOT),
    'HOME': str(place),
    'TERM': 'dumb',
    'PS1': '> ',
  }


def _press(place: pathlib.Path, shell: str, start: str, typed: str) -> str:
  """What stands in the command line of a shell after Tab."""
  (place / 'start').write_text(f'{start}\n{_script(shell)}')
  child = pexpect.spawn(
    _need(shell),
    [*_WITHOUT_STARTUP_FILES[shell], '-i'],
    cwd=str(place),
    env=_environment(place),
    encoding='utf-8',
    timeout=_SECONDS,
    dimensions=(24, 400),  # No line is wrapped.
  )
  try:
    child.sendline('. ./start; echo rea""dy')
    child.expect('ready')
    # Control-A and Control-E go to the ends of the line: it is echoed, with a
    # word behind the cursor that shows whether Tab has ended the argument.
    child.send(f'{typed}\tEND\x01echo "[\x05]"\n')
    child.expect(r'\[([^\r\n]*)END\]\r?\n')
    return str(child.match[1])
  finally:
    child.close()


@pytest.mark.parametrize('typed', _PRESSED)
def test_bash_completes(place, typed):
  assert _press(place, 'bash', '', typed) == _PRESSED[typed]


@pytest.mark.parametrize('typed', _PRESSED)
def test_zsh_completes(place, typed):
  start = 'autoload -U compinit; compinit -u'
  assert _press(place, 'zsh', start, typed) == _PRESSED[typed]


@pytest.mark.parametrize('typed', _PRESSED)
def test_fish_completes(place, typed):
  script = place / 'slimhub.fish'
  script.write_text(_script('fish'))
  # What Tab asks; fish says where it puts a space: not after `/`.
  done = subprocess.run(
    [
      _need('fish'),
      '--no-config',
      '-c',
      f'source {script}; complete --do-complete "{typed}"',
    ],
    cwd=place,
    env=_environment(place),
    capture_output=True,
    text=True,
    check=False,
  )
  words = [line.split('\t')[0] for line in done.stdout.splitlines()]
  assert words == [_PRESSED[typed].split()[-1]], done.stderr


def test_own_models_are_completed_from_the_spec_file_that_is_named(tmp_path):
  path = some_spec_file.write(tmp_path, name='flowers_mobilenet')
  registry = spec_files.load_registry(path)
  assert list(completion.handles('flow', registry)) == ['flowers_mobilenet/']
  assert list(completion.handles('acme/', registry)) == ['acme/flowers/']


def test_every_version_of_a_handle_is_offered():
  handles = completion.handles(
    'mobilenet_v1_025_128/classification/', model_specs.PUBLISHED
  )
  assert [text[-2:] for text in handles] == ['/1', '/3', '/4', '/5']


def test_formats_are_completed_one_after_the_other():
  assert 'tf2,litert.int8' in completion.format_words('tf2,lit')
  assert 'tf2,tf2' not in completion.format_words('tf2,')
  assert 'tf1' in completion.format_words('')


def test_tab_does_not_wait_for_tensorflow(tmp_path):
  code = (
    'import sys; sys.modules["tensorflow"] = None; '
    'from exporter.cli import entry; entry.parse(["slimhub"])'
  )
  line = 'slimhub export mobilenet_v1_025_128/classification/5 --out'
  answer_file = tmp_path / 'told'
  subprocess.run(
    [sys.executable, '-c', code],
    env={
      **os.environ,
      'PYTHONPATH': str(source_tree.ROOT),
      '_ARGCOMPLETE': '1',
      '_ARGCOMPLETE_STDOUT_FILENAME': str(answer_file),
      'COMP_LINE': line,
      'COMP_POINT': str(len(line)),
    },
    check=True,
  )
  assert answer_file.read_text().strip() == '--output_dir'
