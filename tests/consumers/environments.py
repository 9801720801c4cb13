"""Python environments of old clients, made on demand and kept in .cache/."""

from collections.abc import Iterator
import dataclasses
import fcntl
import functools
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import uv

from tests import source_tree

_NOT_INHERITED = (
  'PYTHONDONTWRITEBYTECODE',
  'TF2_BEHAVIOR',
  'TF_USE_LEGACY_KERAS',
)
_FOLDER = source_tree.ROOT / '.cache' / 'consumers'
_PINNED = re.compile(r'([\w-]+?)(?:-cpu)?(?:\[\w+\])?==([\d.]+?)(?:\.\*)?$')


@dataclasses.dataclass(frozen=True)
class Environment:
  """What a client runs on."""

  name: str
  python: str
  requirements: tuple[str, ...]
  alone: tuple[str, ...] = ()  # Without what they require themselves.

  @property
  def folder(self) -> pathlib.Path:
    """Where it is kept; other requirements make another folder."""
    text = ' '.join((self.python, *self.requirements, *self.alone))
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return _FOLDER / f'{self.name}-{digest}'

  @property
  def pinned(self) -> dict[str, str]:
    """Package -> version, or its beginning, where a requirement names one.

    tensorflow-cpu is TensorFlow.
    """
    matches = map(_PINNED.match, (*self.requirements, *self.alone))
    return {match[1]: match[2] for match in matches if match}


class MissingPythonError(Exception):
  """The machine lacks the Python of an environment."""


# The interpreter that runs the tests, and what is installed for them.
TODAY = Environment(
  'today', f'{sys.version_info.major}.{sys.version_info.minor}', ()
)

# The oldest TensorFlow that the published cards promise, and the last
# tensorflow-hub for its Python.
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

# The oldest tensorflow-hub that the published cards promise.
TF1_OLD_HUB = Environment(
  'tf1-hub-0.5',
  '3.7',
  (
    'tensorflow==1.15.5',
    'tensorflow-hub==0.5.0',
    'protobuf<3.21',
    'numpy<1.19',
  ),
)

# Where many programs that fine-tune and freeze have stayed: the last TensorFlow
# for CUDA 11.0 and h5py 2, and the last for Python 3.7. Programs of
# tests/conformance run in some of these, too, because a TensorFlow takes long
# to install; tensorflow-cpu is the same without what only a GPU needs.
TF_2_4 = Environment(
  'tf-2.4',
  '3.8',
  ('tensorflow-cpu==2.4.4', 'tensorflow-hub==0.12.0', 'protobuf<3.21'),
)
TF_2_8 = Environment(
  'tf-2.8',
  '3.8',
  (
    'tensorflow-cpu==2.8.4',
    'tensorflow-hub[make_image_classifier]==0.12.0',
    'protobuf<3.20',
    'pillow',
    'scipy',
  ),
)

# The last release that has hub.Module.
LAST_MODULE = Environment(
  'last-module',
  '3.11',
  (
    'tensorflow-cpu==2.15.*',
    'tensorflow-hub==0.15.0',
    'tf2onnx==1.16.1',
    'onnx==1.16.2',
    'numpy<2',
    'tensorboard==2.15.*',
    'setuptools<82',
  ),
)

FIRST_KERAS_3 = Environment(
  'first-keras-3', '3.11', ('tensorflow-cpu==2.16.*', 'keras==3.0.5')
)

# A candidate of the next release, which brings a Keras of the next one. No
# tf_keras is there for it yet, which tensorflow-hub needs.
NEXT = Environment('next', '3.14', ('tensorflow-cpu==2.22.0rc0',))

# The last release of kagglehub that asks by paths, and the first 1.0.
KAGGLEHUB_BY_PATHS = Environment(
  'kagglehub-by-paths', TODAY.python, ('kagglehub==0.3.13',)
)
FIRST_KAGGLEHUB_1 = Environment(
  'first-kagglehub-1', TODAY.python, ('kagglehub==1.0.0',)
)

# What slimhub itself must run on: the oldest Python and TensorFlow it promises.
OLDEST = Environment(
  'oldest',
  '3.10',
  (
    'absl-py',
    'argcomplete==3.5.*',
    'lazy-loader==0.6',
    'numpy',
    'requests==2.30.*',
    'setuptools<82',
    'tensorflow==2.16.*',
    'tensorflow-hub==0.16.1',
    'tf-slim==1.1.0',
    'tomli',
    'tqdm',
    'universal-pathlib==0.3.0',
    'urllib3==2.2.*',
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
  interpreters = (i for i in _candidates(version) if _is_version(i, version))
  return next(interpreters, None)


def _install(environment: Environment, interpreter: str) -> None:
  folder = environment.folder
  subprocess.run(
    [interpreter, '-m', 'venv', '--clear', '--without-pip', folder], check=True
  )
  # Packages that several environments have are downloaded and unpacked once.
  options = ('--quiet', '--cache-dir', _FOLDER.parent / 'uv')
  python = ('--python', folder / 'bin' / 'python')
  install = (uv.find_uv_bin(), 'pip', 'install', *options, *python)
  subprocess.run([*install, *environment.requirements], check=True)
  if environment.alone:
    subprocess.run([*install, '--no-deps', *environment.alone], check=True)


@functools.cache
def make(environment: Environment) -> pathlib.Path:
  """The interpreter of the environment, installed at first use.

  Raises:
    MissingPythonError: The machine lacks the Python.
  """
  if environment == TODAY:
    return pathlib.Path(sys.executable)
  folder = environment.folder
  stamp = folder / 'installed'  # Written last: what has it is whole.
  folder.parent.mkdir(parents=True, exist_ok=True)
  with (folder.parent / f'{folder.name}.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not stamp.exists():
      base = find_interpreter(environment.python)
      if base is None:
        raise MissingPythonError(
          f'Python {environment.python}, which {environment.name} clients '
          f'need, is neither on PATH as python{environment.python} nor in '
          '~/.pyenv/versions'
        )
      _install(environment, base)
      stamp.touch()
  return folder / 'bin' / 'python'


def interpreter(environment: Environment) -> pathlib.Path:
  """As `make`, but the test that asks is skipped where it cannot be made."""
  try:
    return make(environment)
  except MissingPythonError as error:
    pytest.skip(str(error))


def variables(**more: str) -> dict[str, str]:
  """The variables for a process of any environment: those of the user.

  Those by which TensorFlow 2 would change how TensorFlow 1 behaves are left
  out, and so is the one that keeps Python from storing what it compiles:
  installing has compiled nothing.
  """
  inherited = {k: v for k, v in os.environ.items() if k not in _NOT_INHERITED}
  return {**inherited, 'TF_CPP_MIN_LOG_LEVEL': '3', **more}
