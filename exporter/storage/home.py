"""Where slimhub keeps what it fetched or made, if no folder is named."""

import hashlib
import os
import pathlib
import shlex

_HOME = 'SLIMHUB_HOME'


def _home() -> pathlib.Path:
  home = os.environ.get(_HOME)
  if home:
    return pathlib.Path(home).expanduser()
  cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
  return pathlib.Path(cache).expanduser() / 'slimhub'


def default_checkpoint_dir() -> pathlib.Path:
  """The default folder of checkpoints: below SLIMHUB_HOME, or the cache."""
  return _home() / 'checkpoints'


def default_stock_dir(exports: pathlib.Path) -> pathlib.Path:
  """The default folder of what a hub has ready to be sent, one a folder."""
  digest = hashlib.sha256(str(exports.resolve()).encode()).hexdigest()
  return _home() / 'stock' / digest[:16]


def fetch_command(folder: pathlib.Path, *names: str) -> str:
  """What to type to get the archives of models into a folder."""
  flags = []
  if folder != default_checkpoint_dir():
    flags = [f'--checkpoint_dir={folder}']
  return shlex.join(['slimhub', 'fetch', *names, *flags])
