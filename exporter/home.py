"""Where slimhub keeps what it fetched, if no folder is named."""

import os
import pathlib
import shlex

_HOME = 'SLIMHUB_HOME'


def checkpoint_dir() -> pathlib.Path:
  """The default folder of checkpoints: below SLIMHUB_HOME, or the cache."""
  home = os.environ.get(_HOME)
  if home:
    return pathlib.Path(home).expanduser() / 'checkpoints'
  cache = os.environ.get('XDG_CACHE_HOME') or '~/.cache'
  return pathlib.Path(cache).expanduser() / 'slimhub' / 'checkpoints'


def fetch_command(folder: pathlib.Path, *names: str) -> str:
  """What to type to get the archives of models into a folder."""
  flags = []
  if folder != checkpoint_dir():
    flags = [f'--checkpoint_dir={folder}']
  return shlex.join(['slimhub', 'fetch', *names, *flags])
