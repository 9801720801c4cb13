"""Packages of npm, fetched at first use and kept in .cache/."""

import dataclasses
import fcntl
import pathlib
import shutil
import subprocess

import pytest

from tests import source_tree

_CACHE = source_tree.ROOT / '.cache'
_OPTIONS = ('--silent', '--no-fund', '--no-audit', '--ignore-scripts')


@dataclasses.dataclass(frozen=True)
class Packages:
  """Packages that are used together, each with its version."""

  name: str
  requirements: tuple[str, ...]


# Google's runtime of LiteRT files for browsers.
LITERT = Packages(
  'litert', ('@litertjs/core@2.5.3', '@litertjs/wasm-utils@2.5.3')
)


def install(packages: Packages) -> pathlib.Path:
  """The folder of packages by name, as their programs import them."""
  program = shutil.which('npm')
  if program is None:
    pytest.fail('npm is missing; run: apt-get install npm')
  folder = _CACHE / 'npm_packages' / packages.name
  folder.mkdir(parents=True, exist_ok=True)
  stamp = folder / 'installed'  # What was asked for; written last.
  text = '\n'.join(packages.requirements)
  with (folder / 'lock').open('w') as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not stamp.exists() or stamp.read_text() != text:
      stamp.unlink(missing_ok=True)
      cache = ('--prefix', folder, '--cache', _CACHE / 'npm')
      subprocess.run(
        [program, 'install', *_OPTIONS, *cache, *packages.requirements],
        check=True,
      )
      stamp.write_text(text)
  return folder / 'node_modules'
