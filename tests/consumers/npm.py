"""Packages of npm, fetched on demand and kept in .cache/."""

import fcntl
import pathlib
import shutil
import subprocess
import tarfile
import tempfile

import pytest

from tests import source_tree

_FOLDER = source_tree.ROOT / '.cache' / 'npm'


def package(name: str, version: str) -> pathlib.Path:
  """The folder of a package, as npm has it; skips the test without npm."""
  program = shutil.which('npm')
  if program is None:
    pytest.skip('npm is missing, which fetches what pages use')
  folder = _FOLDER / f'{name.replace("/", "_")}-{version}'
  _FOLDER.mkdir(parents=True, exist_ok=True)
  with (_FOLDER / f'{folder.name}.lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not folder.exists():
      _fetch(program, f'{name}@{version}', folder)
  return folder / 'package'


def _fetch(program: str, wanted: str, folder: pathlib.Path) -> None:
  """Unpacks a package beside the others, whole or not at all."""
  with tempfile.TemporaryDirectory(dir=_FOLDER) as staging:
    subprocess.run(
      [program, 'pack', wanted, '--silent', '--pack-destination', staging],
      check=True,
      stdout=subprocess.DEVNULL,
    )
    (archive,) = pathlib.Path(staging).glob('*.tgz')
    unpacked = pathlib.Path(staging, 'unpacked')
    with tarfile.open(archive) as tar:
      tar.extractall(unpacked, filter='data')
    unpacked.rename(folder)
