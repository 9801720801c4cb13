"""`make export FETCH=1` makes the real thing of a machine with a network."""

import os
import pathlib
import shlex
import subprocess
import sys
import tarfile

import pytest

from exporter import networks
from exporter.checkpoints import synthetic
import model_specs
from model_specs import checksums
from tests import checkpoints_made as checkpoints
from tests import source_tree
from tests.checkpoints import archive_server

_MODEL = model_specs.get_model('mobilenet_v1_025_128')


def _archive(folder: pathlib.Path) -> bytes:
  """The archive of the model, with weights made up."""
  inference, _ = networks.sources(_MODEL)
  prefix = folder / 'made' / _MODEL.checkpoint_member
  checkpoints.write(prefix, synthetic.tensors(inference.shapes))
  with tarfile.open(folder / 'made.tgz', 'w:gz') as tar:
    tar.add(prefix.parent, '.')
  return (folder / 'made.tgz').read_bytes()


def _environment(folder: pathlib.Path) -> pathlib.Path:
  """An environment that is there already: that of the tests."""
  (folder / 'bin').mkdir(parents=True)
  python = folder / 'bin/python'
  python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
  python.chmod(0o755)
  (folder / 'installed').touch()
  return folder


def _make(
  folder: pathlib.Path, *words: str, **variables: object
) -> tuple[int, str]:
  """Runs `make`; returns the exit code, and all that was printed."""
  # Under `make test`, its own variables would be handed on.
  env = {k: v for k, v in os.environ.items() if 'MAKE' not in k}
  done = subprocess.run(
    ['make', *words, *(f'{k}={v}' for k, v in variables.items())],
    cwd=source_tree.ROOT,
    env={**env, 'SLIMHUB_HOME': str(folder / 'home')},
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    check=False,
  )
  return done.returncode, done.stdout


def test_one_command_fetches_verifies_and_exports(tmp_path):
  with archive_server.serve(**{_MODEL.archive_name: _archive(tmp_path)}) as web:
    code, printed = _make(
      tmp_path,
      'export',
      FETCH=1,
      MIRROR=web.url,
      PATTERNS=f'{_MODEL.name}/feature_vector/3',
      OUTPUT=tmp_path / 'out',
      VENV=_environment(tmp_path / 'environment'),
      JOBS=1,
    )
  assert code == 0, printed
  assert f'fetched   {_MODEL.name}  ' in printed
  assert f'exported  google/imagenet/{_MODEL.name}/feature_v' in printed
  home = tmp_path / 'home/checkpoints'
  assert (home / _MODEL.archive_name).exists()
  assert _MODEL.archive_url in (home / checksums.FILE).read_text()
  assert (tmp_path / f'out/google/imagenet/{_MODEL.name}').is_dir()


@pytest.mark.parametrize(
  ('variables', 'flags'),
  [
    ({}, '--synthetic_weights --all'),
    ({'FETCH': 0}, '--synthetic_weights --all'),
    ({'FETCH': 1}, '--fetch --all'),
    ({'CHECKPOINTS': 'dir'}, '--checkpoint_dir=dir --all'),
    (
      {'FETCH': 1, 'CHECKPOINTS': 'dir', 'MIRROR': 'https://host/a b'},
      "--checkpoint_dir=dir --fetch '--mirror=https://host/a b' --all",
    ),
  ],
)
def test_variables_become_flags(tmp_path, variables, flags):
  environment = _environment(tmp_path / 'environment')
  echo = environment / 'bin/python'
  echo.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
  code, printed = _make(
    tmp_path, 'export', VENV=environment, OUTPUT='o', **variables
  )
  assert code == 0, printed
  words = printed.splitlines()
  assert words[words.index('--output_dir=o') + 2 :] == shlex.split(flags)


def test_what_is_compiled_is_kept(tmp_path, monkeypatch):
  """Else every process would compile TensorFlow, since pip does not."""
  monkeypatch.setenv('PYTHONDONTWRITEBYTECODE', '1')
  rule = 'show: ; @$(VENV)/bin/python -c "import sys; print(sys.flags)"'
  code, printed = _make(
    tmp_path,
    *('--silent', f'--eval={rule}', 'show'),
    VENV=_environment(tmp_path / 'environment'),
  )
  assert code == 0, printed
  assert 'dont_write_bytecode=0' in printed
