"""What callers may name a folder by: text, a path, or a URL."""

import os
import pathlib
from typing import TypeAlias

from exporter import errors
from exporter.storage import places

LocalPath: TypeAlias = str | os.PathLike[str]
Location: TypeAlias = LocalPath | places.Folder


def to_path(named: LocalPath) -> pathlib.Path:
  """A path of this machine; a tilde is the home folder.

  Raises:
    ExportError: It is empty, or cannot be a path.
  """
  text = os.fspath(named)
  try:
    return places.parse_path(text)
  except ValueError as error:
    raise errors.ExportError(f'path {text!r} {error}') from error


def to_folder(named: Location) -> places.Folder:
  """A path of this machine, or a folder of a storage that a URL names.

  Raises:
    ExportError: Nobody knows the URL's scheme, or its package is missing.
  """
  import upath  # By a caller who has one it was imported before.

  if isinstance(named, upath.UPath):
    return named
  text = os.fspath(named)
  try:
    return places.parse_folder(text)
  except ValueError as error:
    raise errors.ExportError(
      f'{text!r} cannot be opened: {error}; expected a folder, or the URL of a '
      'storage that fsspec knows and whose package is installed'
    ) from error
