"""The folders that slimhub uses where the user names none."""

import contextlib
import hashlib
import os
import pathlib
import shlex
import stat

from exporter import errors
from exporter.storage import places

_HOME = 'SLIMHUB_HOME'


def _home() -> pathlib.Path:
  home = os.environ.get(_HOME)
  cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
  try:
    if home:
      return places.parse_path(home)
    return places.parse_path(cache) / 'slimhub'
  except ValueError as error:
    raise errors.ExportError(
      f'the default folder {home or cache!r} {error}; set SLIMHUB_HOME to a '
      'folder that is yours, or name each folder with its flag'
    ) from error


def default_checkpoint_dir() -> pathlib.Path:
  """The default folder of checkpoints, in SLIMHUB_HOME or the user's cache."""
  return _home() / 'checkpoints'


def default_memo_dir() -> pathlib.Path:
  """The folder of memos, in SLIMHUB_HOME or the user's cache; see memo.py."""
  return _home() / 'memos'


def default_blueprint_dir() -> pathlib.Path:
  """The folder of networks that were built, in SLIMHUB_HOME or the cache."""
  return _home() / 'blueprints'


def default_photographs_dir() -> pathlib.Path:
  """The folder of photographs that ranges are measured on, if asked for."""
  return _home() / 'photographs'


def default_stock_dir(exports: pathlib.Path) -> pathlib.Path:
  """The default folder for the files that a hub of these exports sends.

  Each folder of exports has one of its own.
  """
  digest = hashlib.sha256(str(exports.resolve()).encode()).hexdigest()
  return _home() / 'stock' / digest[:16]


def open_to_others(path: pathlib.Path) -> pathlib.Path | None:
  """The file or its folder, where users other than this one can change it."""
  for each in (path, path.parent):
    facts = each.stat()
    is_shared = facts.st_mode & (stat.S_IWOTH | stat.S_ISVTX) == stat.S_IWOTH
    if is_shared or facts.st_uid not in (os.geteuid(), 0):
      return each
  return None


def fetch_command(folder: pathlib.Path, *names: str) -> str:
  """The command line that fetches the archives of models into a folder."""
  flags = [f'--checkpoint_dir={folder}']
  with contextlib.suppress(errors.ExportError):  # There is no default.
    if folder == default_checkpoint_dir():
      flags = []
  return shlex.join(['slimhub', 'fetch', *names, *flags])
