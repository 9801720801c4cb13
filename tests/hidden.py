"""Folders that cannot be listed, also for root, whom no mode keeps out."""

import errno
import os
import pathlib

import pytest


def hide(monkeypatch: pytest.MonkeyPatch, folder: pathlib.Path) -> None:
  """Keeps a folder to itself, as the mode 000 does for any other user."""
  scandir = os.scandir

  def refusing(path: str | os.PathLike[str] | int = '.') -> object:
    if path in (folder, str(folder)):
      reason = os.strerror(errno.EACCES)
      raise PermissionError(errno.EACCES, reason, str(folder))
    return scandir(path)

  monkeypatch.setattr(os, 'scandir', refusing)
