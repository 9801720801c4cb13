"""Finds labelled pictures: in one folder for each class, or in a list."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import hashlib
import os
import pathlib
import re

from exporter import errors
from exporter import storage
from exporter.measure import pictures
from model_specs import outside

_MOST_BYTES = 2**28  # Of a list of pictures; some millions of lines.
_MOST = pictures.MOST_NAMED  # How many folders or lines an error names.


@dataclasses.dataclass(frozen=True)
class Labelled:
  """A picture, and the label that the user gave it."""

  path: pathlib.Path
  label: str


def _is_left_out(path: pathlib.Path) -> bool:
  """Whether an entry of a class's folder is of pictures that are not read."""
  # What is read is not looked at again: there may be very many.
  if path.name.startswith('.') or path.suffix.lower() in pictures.SUFFIXES:
    return False
  if path.is_dir():
    suffixes = {inner.suffix.lower() for inner in path.rglob('*')}
    return not suffixes.isdisjoint({*pictures.SUFFIXES, *pictures.OTHERS})
  return path.suffix.lower() in pictures.OTHERS


def _refuse_left_out(
  folder: pathlib.Path, class_folders: Sequence[pathlib.Path]
) -> None:
  """Raises a PictureError if pictures of classes would not be counted."""
  left_out = [path.name for path in pictures.find(folder)]
  left_out += [
    str(p.relative_to(folder))
    for each in class_folders
    for p in sorted(each.glob('*'))
    if _is_left_out(p)
  ]
  pictures.refuse(folder, left_out, ' in the folder of each class')


def pictures_of_folders(folder: pathlib.Path) -> tuple[Labelled, ...]:
  """The pictures in a folder that holds one folder for each class, sorted.

  The name of the folder of a class is the label of its pictures. Folders whose
  names begin with a dot are of programs: Jupyter leaves `.ipynb_checkpoints`.

  Raises:
    PictureError: There are no folders of classes, one of them is empty, or
      pictures in one of them would not be read.
  """
  if not folder.is_dir():
    raise errors.PictureError(
      f'--images={folder} is no folder; name one that holds a folder of '
      'pictures for each class'
    )
  class_folders = sorted(
    p for p in folder.iterdir() if p.is_dir() and not p.name.startswith('.')
  )
  if not class_folders:
    raise errors.PictureError(
      f'{folder} holds no folders, expected one for each class; if a file says '
      'which class each picture is of, name it: --labels=FILE'
    )
  paths_of = {each: pictures.find(each) for each in class_folders}
  empty = [each.name for each, paths in paths_of.items() if not paths]
  if empty:
    raise errors.PictureError(
      f'{len(empty)} of {len(class_folders)} folders in {folder} hold no '
      f'picture ({", ".join(pictures.SUFFIXES)}): '
      f'{", ".join(empty[:_MOST])}; fill or remove them'
    )
  _refuse_left_out(folder, class_folders)
  return tuple(
    Labelled(path, each.name)
    for each in class_folders
    for path in paths_of[each]
  )


def _split(line: str) -> tuple[str, str]:
  """Path and label, which a tab separates, or else the last space."""
  separator = '\t' if '\t' in line else ' '
  path, _, label = line.rpartition(separator)
  return path.strip(), label.strip()


def _lines(file: pathlib.Path) -> list[tuple[int, str]]:
  """The lines of a list with their numbers, without blank ones.

  Raises:
    PictureError: The file is unreadable, or has no other lines.
  """
  expected = 'a line PATH LABEL for each picture'
  try:
    text = outside.read_file(file, _MOST_BYTES).decode('utf-8-sig')
  except (OSError, ValueError) as error:
    raise errors.PictureError(
      f'--labels={file} cannot be read: {error}; expected a text file with '
      f'{expected}'
    ) from error
  numbered = enumerate(re.split('\r\n|\r|\n', text), start=1)
  lines = [(number, line) for number, line in numbered if line.strip()]
  if not lines:
    raise errors.PictureError(f'--labels={file} is empty, expected {expected}')
  return lines


def pictures_of_list(
  folder: pathlib.Path, file: pathlib.Path
) -> tuple[Labelled, ...]:
  """The pictures that a list names, in its order.

  Args:
    folder: The folder that the paths in the list are relative to.
    file: The list: a line `PATH LABEL` for each picture.

  Returns:
    The pictures.

  Raises:
    PictureError: A line has another form or names a picture that is missing or
      was named before, or the list is empty or unreadable.
  """
  listed, problems = [], []
  line_of: dict[str, int] = {}  # By path, whatever links lead to it.
  for number, line in _lines(file):
    path, label = _split(line)
    if not path or not label:
      problems.append(
        f'line {number}: {line!r}, expected PATH LABEL with a tab or a space '
        'between them'
      )
    elif '\x00' in path or not (folder / path).is_file():
      problems.append(f'line {number}: there is no {folder / path}')
    elif (
      first := line_of.setdefault(os.path.realpath(folder / path), number)
    ) < number:
      problems.append(f'line {number}: {path} again, as in line {first}')
    listed.append(Labelled(folder / path, label))
  if problems:
    raise errors.PictureError(
      f'{file}: {len(problems)} of {len(listed)} lines name no picture, or one '
      f'that counts already; paths begin at --images={folder}\n'
      + ''.join(f'  {each}\n' for each in problems[:_MOST])
    )
  return tuple(listed)


def digest(labelled: Iterable[Labelled]) -> str:
  """A SHA-256 that identifies a set of pictures with their labels.

  Raises:
    PictureError: A picture is no file, or cannot be read.
  """
  whole = hashlib.sha256()
  for each in labelled:
    try:
      with outside.open_file(each.path) as file:
        _, picture = storage.digest(file)
    except OSError as error:
      raise errors.PictureError(
        f'{each.path} cannot be read: {error.strerror}; remove it, or put the '
        'picture there'
      ) from error
    whole.update(f'{picture} {each.label}\n'.encode())
  return whole.hexdigest()
