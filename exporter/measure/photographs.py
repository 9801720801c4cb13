"""Photographs for those without pictures to measure the ranges of integers on.

They come with scikit-image, and anybody may use them for anything: NASA's is
in the public domain, the others were given away (CC0). A few hundred pictures
of what the model will see are better.
"""

import pathlib
import tempfile
from typing import TYPE_CHECKING
from typing import Final

from exporter import environment
from exporter import errors
from exporter import storage

if TYPE_CHECKING:  # The command line knows the word without it.
  import numpy as np

PHOTOGRAPHS: Final = 'photographs'  # The word for them in place of a folder.
# A portrait, a cat, a cup of coffee and a rocket: functions of skimage.data.
_NAMES = ('astronaut', 'chelsea', 'coffee', 'rocket')
# So many squares are cut out of them, each at least this part of the shorter
# side, at the same places every time.
_SQUARES = 128
_LEAST = 0.35


def _cut(
  photograph: 'np.ndarray', random: 'np.random.RandomState'
) -> 'np.ndarray':
  """Cuts a random square out of a photograph; one in two is mirrored."""
  height, width, _ = photograph.shape
  side = int(min(height, width) * random.uniform(_LEAST, 1))
  top = random.randint(height - side + 1)
  left = random.randint(width - side + 1)
  square = photograph[top : top + side, left : left + side]
  return square[:, ::-1] if random.randint(2) else square


def _write(folder: pathlib.Path) -> None:
  import numpy as np
  import skimage

  random = np.random.RandomState(0)
  photographs = [getattr(skimage.data, name)() for name in _NAMES]
  for number in range(_SQUARES):
    square = _cut(photographs[number % len(photographs)], random)
    path = folder / f'{number:03}_{_NAMES[number % len(_NAMES)]}.png'
    skimage.io.imsave(path, square, check_contrast=False)


def _are_all_there(folder: pathlib.Path) -> bool:
  """Whether nobody has removed some: ranges of a few would be too narrow."""
  return len(list(folder.glob('*.png'))) == _SQUARES


def _put(folder: pathlib.Path) -> None:
  """Writes a folder of all pictures, unless another process was faster.

  One that lacks some is replaced by one rename, as others may read it.
  """
  lacks_some = folder.is_dir()
  folder.parent.mkdir(parents=True, exist_ok=True)
  with tempfile.TemporaryDirectory(dir=folder.parent) as name:
    written = pathlib.Path(name) / folder.name
    written.mkdir()
    _write(written)
    try:
      if lacks_some:
        storage.swap(written, folder)
      else:
        written.rename(folder)
    except OSError:
      if not folder.is_dir():  # Otherwise another process was faster.
        raise


def _existing(folder: pathlib.Path) -> pathlib.Path:
  """The folder itself, before anything is made for which it is needed."""
  if not folder.is_dir():
    state = 'is no folder' if folder.exists() else 'does not exist'
    raise errors.PictureError(
      f'{folder} {state}, expected one of pictures: --representative_images=DIR'
    )
  return folder


def pictures_folder(asked: storage.LocalPath | None) -> pathlib.Path | None:
  """The folder of the pictures that a user asked for.

  Args:
    asked: Its path, or PHOTOGRAPHS for those of scikit-image, which are put
      into a folder of SLIMHUB_HOME once; None for no pictures.

  Raises:
    PackageError: scikit-image is not installed.
    PictureError: There is no such folder.
    ExportError: There is no place for the photographs.
  """
  if asked is None:
    return None
  if asked != PHOTOGRAPHS:
    return _existing(storage.to_path(asked))
  environment.require(PHOTOGRAPHS)
  folder = storage.default_photographs_dir()
  try:
    if not _are_all_there(folder):
      _put(folder)
  except OSError as error:
    raise errors.ExportError(
      f'cannot write the photographs to {folder}: {error.strerror}; set '
      'SLIMHUB_HOME to a folder that can be written to'
    ) from error
  return folder
