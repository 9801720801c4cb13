"""Pictures whose classes are known: a folder a class, or a list."""

from collections.abc import Iterable
import dataclasses
import hashlib
import pathlib

from exporter import errors
from exporter.measure import pictures

_MOST = 5  # Lines of a list that an error names.


@dataclasses.dataclass(frozen=True)
class Labelled:
  """One picture, and what its class is called by whoever sorted it."""

  path: pathlib.Path
  label: str


def pictures_of_folders(folder: pathlib.Path) -> tuple[Labelled, ...]:
  """The pictures below a folder that holds one folder a class, sorted.

  Raises:
    PictureError: It holds no such folders, or one of them is empty.
  """
  if not folder.is_dir():
    raise errors.PictureError(
      f'--images={folder} is no folder; name one that holds a folder of '
      'pictures for each class'
    )
  folders = sorted(p for p in folder.iterdir() if p.is_dir())
  if not folders:
    raise errors.PictureError(
      f'{folder} holds no folders, expected one for each class; if a file says '
      'which class each picture is of, name it: --labels=FILE'
    )
  found = {each: pictures.find(each) for each in folders}
  empty = [each.name for each, paths in found.items() if not paths]
  if empty:
    raise errors.PictureError(
      f'{len(empty)} of {len(folders)} folders in {folder} hold no picture '
      f'({", ".join(pictures.SUFFIXES)}): {", ".join(empty[:_MOST])}; fill or '
      'remove them'
    )
  return tuple(
    Labelled(path, each.name) for each in folders for path in found[each]
  )


def _split(line: str) -> tuple[str, str]:
  """PATH and LABEL, between them a tab, else the last space."""
  separator = '\t' if '\t' in line else ' '
  path, _, label = line.rpartition(separator)
  return path.strip(), label.strip()


def pictures_of_list(
  folder: pathlib.Path, file: pathlib.Path
) -> tuple[Labelled, ...]:
  """The pictures that a list names, in its order.

  Args:
    folder: Where the paths in the list begin.
    file: A line for each picture: path, tab or space, label.

  Returns:
    The pictures.

  Raises:
    PictureError: A line is none, or names a picture that is not there.
  """
  try:
    lines = file.read_text('utf-8').splitlines()
  except (OSError, ValueError) as error:
    raise errors.PictureError(
      f'--labels={file} cannot be read: {error}; expected a text file with a '
      'line PATH LABEL for each picture'
    ) from error
  found, bad = [], []
  for number, line in enumerate(lines, start=1):
    if not line.strip():
      continue
    path, label = _split(line)
    if not path or not label:
      bad.append(f'line {number}: {line!r}, expected PATH LABEL')
    elif not (folder / path).is_file():
      bad.append(f'line {number}: there is no {folder / path}')
    found.append(Labelled(folder / path, label))
  if bad or not found:
    raise errors.PictureError(
      f'{file}: {len(bad)} of {len(found)} lines name no picture; paths begin '
      f'at --images={folder}\n' + ''.join(f'  {each}\n' for each in bad[:_MOST])
    )
  return tuple(found)


def digest(found: Iterable[Labelled]) -> str:
  """SHA-256 of the pictures' own hashes and labels: which set this was."""
  whole = hashlib.sha256()
  for each in found:
    picture = hashlib.sha256(each.path.read_bytes()).hexdigest()
    whole.update(f'{picture} {each.label}\n'.encode())
  return whole.hexdigest()
