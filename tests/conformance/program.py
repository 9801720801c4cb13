"""Runs a program of a package, as it was published, on exports."""

from collections.abc import Mapping
import dataclasses
import os
import pathlib
import subprocess

from exporter.cli import entry
from tests import artifacts_made as artifacts
from tests import shared
from tests import some_exports
from tests.consumers import environments

# Two tasks of one model. A name that programs ask for is in the caches.
NAME = artifacts.V1
FEATURES, CLASSES = f'{NAME}/feature_vector/5', f'{NAME}/classification/5'
SIZE = 128


@dataclasses.dataclass(frozen=True)
class Ran:
  """What a program printed, and how it ended."""

  code: int
  said: str  # The last of it, of both streams.


def seed(folder: pathlib.Path, *names: str) -> pathlib.Path:
  """Puts exports into a folder, and returns the cache that they seeded."""
  root, cached = folder / 'exports', folder / 'tfhub'
  for name in names:
    artifacts.copy(name, root / 'google' / 'imagenet')
    some_exports.describe(root, f'google/imagenet/{name}')
  argv = ['slimhub', 'seed_cache', str(root), f'--cache_dir={cached}']
  assert entry.main(entry.parse(argv)) == 0
  return cached


def _make(folder: pathlib.Path) -> None:
  seed(folder, FEATURES, CLASSES)


def exports() -> pathlib.Path:
  """A folder of exports."""
  return shared.once('conformance/exports', _make) / 'exports'


def export(name: str) -> pathlib.Path:
  """The folder of one export."""
  return exports() / 'google' / 'imagenet' / name


def cache() -> pathlib.Path:
  """The cache of tensorflow_hub that was seeded with the exports."""
  return exports().with_name('tfhub')


def run(
  environment: environments.Environment,
  program: str,
  *arguments: object,
  folder: pathlib.Path,
  more: Mapping[str, str] | None = None,
) -> Ran:
  """Runs a program of an environment in a folder, without a network.

  Args:
    environment: What has it.
    program: Its name in the environment's folder of programs, or `-m MODULE`.
    *arguments: For it.
    folder: Where it runs.
    more: Variables of its environment.
  """
  python = environments.interpreter(environment)
  is_module = program.startswith('-m ')
  command = (
    [python, *program.split()] if is_module else [python.parent / program]
  )
  done = subprocess.run(
    [*map(str, command), *map(str, arguments)],
    env={
      **environments.variables(HTTPS_PROXY='http://127.0.0.1:9'),
      'PATH': f'{python.parent}:{os.environ["PATH"]}',
      **(more or {}),
    },
    cwd=folder,
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    errors='replace',
    check=False,
  )
  return Ran(done.returncode, done.stdout[-3000:])
