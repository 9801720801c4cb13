"""Tells whether a file, or the list of names in a folder, is as it was."""

import os
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, ...]


def of(facts: os.stat_result) -> Stamp:
  """Changes with the content: no program can set the last number, ctime."""
  return (facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)


def of_path(path: str | os.PathLike[str]) -> Stamp:
  """The stamp of what a path leads to; empty if nothing can be seen there."""
  try:
    return of(os.stat(path))  # noqa: PTH116  # Texts are faster, and are many.
  except OSError:
    return ()
