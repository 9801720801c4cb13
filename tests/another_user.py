"""What another user is told of a folder that all users may write to."""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

import pytest

from tests import source_tree

_NUMBER = 65534
_USERS = pathlib.Path('/proc/self/uid_map')


def _can_be_another() -> bool:
  """Whether this root can become another user, as that of a sandbox cannot."""
  ranges = [map(int, line.split()) for line in _USERS.read_text().splitlines()]
  is_known = any(first <= _NUMBER < first + count for first, _, count in ranges)
  return is_known and os.geteuid() == 0


AS_ROOT = pytest.mark.skipif(not _can_be_another(), reason='needs two users')


@contextlib.contextmanager
def shared_folder() -> Iterator[pathlib.Path]:
  """A folder that every user may write to."""
  with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder).chmod(0o755)
    shared = pathlib.Path(folder) / 'shared'
    shared.mkdir()
    shared.chmod(0o777)
    yield shared


def enter(context: str, folder: pathlib.Path) -> str:
  """Lets another user enter a context of a folder; returns what they print.

  Args:
    context: The name of the context manager on the face of exporter.storage.
    folder: Its argument.

  Returns:
    `entered`, or the message of the ExportError.
  """
  return _run(
    f'context = storage.{context}\n'
    f'os.setuid({_NUMBER})\n'
    'try:\n'
    '  with context(pathlib.Path(sys.argv[1])):\n'
    "    print('entered')\n"
    'except errors.ExportError as error:\n'
    '  print(error)\n',
    folder,
  )


def find_left_out(folder: pathlib.Path) -> str:
  """What another user is told of a folder of exports that cannot all be used.

  Root looks at first, as the other user may not be able to import anything.

  Returns:
    The name and the reason of each export, or folder, that is left out.
  """
  return _run(
    'folder = pathlib.Path(sys.argv[1])\n'
    'assert not storage.items(folder).left_out\n'
    f'os.setuid({_NUMBER})\n'
    'for each in storage.items(folder).left_out:\n'
    "  print(f'{each.name}: {each.reason}')\n",
    folder,
  )


def _run(code: str, folder: pathlib.Path) -> str:
  code = (
    f'import os, pathlib, sys\nfrom exporter import errors, storage\n{code}'
  )
  done = subprocess.run(
    [sys.executable, '-c', code, str(folder)],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  return done.stdout
