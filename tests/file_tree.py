"""The files below a folder, for tests of what a run changes and what not."""

import pathlib


def read(folder: pathlib.Path) -> dict[str, bytes]:
  """What every file holds, by its path from the folder."""
  return {
    path.relative_to(folder).as_posix(): path.read_bytes()
    for path in folder.rglob('*')
    if path.is_file()
  }
