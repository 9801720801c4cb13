"""slimhub as pip installs it, in an environment of its own."""

import pathlib
import shutil
import subprocess
import sys
import sysconfig

from tests import source_tree

_SOURCES = ('exporter', 'model_specs', 'setup.py', 'pyproject.toml')


def install(folder: pathlib.Path) -> pathlib.Path:
  """Installs a copy of this tree; other packages are those of the tests.

  Args:
    folder: An empty one.

  Returns:
    The interpreter of the environment.
  """
  source = folder / 'source'
  source.mkdir()
  for name in (*_SOURCES, *source_tree.FILES):
    path = source_tree.ROOT / name
    if path.is_dir():
      shutil.copytree(path, source / name)  # Links become files.
    else:
      shutil.copy(path, source)
  environment = folder / 'environment'
  _run('-m', 'venv', '--without-pip', environment)
  version = f'python{sys.version_info.major}.{sys.version_info.minor}'
  packages = environment / 'lib' / version / 'site-packages'
  _run(
    *('-m', 'pip', 'install', '--quiet', '--no-deps', '--no-build-isolation'),
    *('--no-index', '--disable-pip-version-check'),
    *('--target', packages, source),
  )
  shutil.rmtree(source)
  # A line of such a file is one more folder to import from.
  (packages / 'rest.pth').write_text(f'{sysconfig.get_path("purelib")}\n')
  return environment / 'bin' / 'python'


def _run(*arguments: str | pathlib.Path) -> None:
  done = subprocess.run(
    [sys.executable, *arguments], capture_output=True, text=True, check=False
  )
  assert done.returncode == 0, done.stdout + done.stderr
