"""What callers may name a folder by: text, a path, or a URL."""

from collections.abc import Iterable
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
  import upath  # Slow to import; whoever passes a UPath has done it before.

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


def check_apart(target: pathlib.Path, exports: Iterable[places.Folder]) -> None:
  """Makes sure that something else is not written among exports.

  Args:
    target: The folder that is written to; it need not be there.
    exports: The folders of exports that are read.

  Raises:
    ExportError: It is such a folder, or lies in one, or has one in it.
  """
  real = target.resolve()
  for folder in exports:
    if not isinstance(folder, pathlib.Path):
      continue
    root = folder.resolve()
    if real == root or real in root.parents or root in real.parents:
      raise errors.ExportError(
        f'{target} is, holds or lies in {folder}, where the exports are that '
        'are read; name an empty or a new folder apart from it'
      )
