"""Python environments of old clients, made on demand and kept in .cache/."""

from collections.abc import Iterator
import dataclasses
import fcntl
import functools
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
from typing import Any

import pytest

from tests import source_tree

_FOLDER = source_tree.ROOT / '.cache' / 'consumers'


@dataclasses.dataclass(frozen=True)
class Environment:
  """What a client runs on."""

  name: str
  python: str
  requirements: tuple[str, ...]

  @property
  def folder(self) -> pathlib.Path:
    """Where it is kept; other requirements make another folder."""
    text = ' '.join((self.python, *self.requirements))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return _FOLDER / f'{self.name}-{digest}'


# The oldest release that the published cards promise, and the last one that
# has hub.Module beside hub.KerasLayer for it.
TF1 = Environment(
  'tf1',
  '3.7',
  (
    'tensorflow==1.15.5',
    'tensorflow-hub==0.12.0',
    'protobuf<3.21',
    'numpy<1.19',
  ),
)

# What slimhub itself must run on: the oldest Python and TensorFlow it promises.
OLDEST = Environment(
  'oldest',
  '3.10',
  (
    'absl-py',
    'setuptools<82',
    'tensorflow==2.16.*',
    'tensorflow-hub==0.16.1',
    'tf-slim==1.1.0',
    'tqdm',
  ),
)


def _candidates(version: str) -> Iterator[str]:
  on_path = shutil.which(f'python{version}')
  if on_path:
    yield on_path
  pyenv = pathlib.Path.home() / '.pyenv' / 'versions'
  yield from map(str, sorted(pyenv.glob(f'{version}*/bin/python')))


def _is_version(interpreter: str, version: str) -> bool:
  """Whether it runs: a shim of pyenv may be there for a Python that is not."""
  code = 'import sys; print("%d.%d" % sys.version_info[:2])'
  done = subprocess.run(
    [interpreter, '-c', code], capture_output=True, text=True, check=False
  )
  return done.stdout.strip() == version


def find_interpreter(version: str) -> str | None:
  """An interpreter of this version, None where the machine has none."""
  found = (i for i in _candidates(version) if _is_version(i, version))
  return next(found, None)


def _install(environment: Environment, interpreter: str) -> None:
  folder = environment.folder
  subprocess.run([interpreter, '-m', 'venv', '--clear', folder], check=True)
  python = str(folder / 'bin' / 'python')
  options = ('--quiet', '--disable-pip-version-check')
  subprocess.run(
    [python, '-m', 'pip', 'install', *options, *environment.requirements],
    check=True,
  )


@functools.cache
def interpreter(environment: Environment) -> pathlib.Path:
  """The interpreter of the environment, installed at first use.

  The test that asks is skipped where the machine lacks the Python.
  """
  folder = environment.folder
  stamp = folder / 'installed'  # Written last: what has it is whole.
  folder.parent.mkdir(parents=True, exist_ok=True)
  with (folder.parent / f'{folder.name}.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not stamp.exists():
      base = find_interpreter(environment.python)
      if base is None:
        pytest.skip(
          f'Python {environment.python}, which {environment.name} clients '
          f'need, is neither on PATH as python{environment.python} nor in '
          '~/.pyenv/versions'
        )
      _install(environment, base)
      stamp.touch()
  return folder / 'bin' / 'python'


def run(
  python: pathlib.Path | str, client: str, *arguments: object, **extra: str
) -> dict[str, Any]:
  """Runs a script of this folder.

  Args:
    python: The interpreter.
    client: The script's name; it writes JSON to standard output.
    *arguments: For the script.
    **extra: Environment variables.

  Returns:
    What it wrote.
  """
  script = pathlib.Path(__file__).parent / f'{client}.py'
  done = subprocess.run(
    [python, script, *map(str, arguments)],
    env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3', **extra},
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-4000:]
  return json.loads(done.stdout)
