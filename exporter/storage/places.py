"""Where exports are: a folder, or a URL of any storage that fsspec knows."""

from collections.abc import Iterator
import contextlib
import dataclasses
import pathlib
import tempfile
from typing import Generic
from typing import TypeVar
from typing import cast

import upath

from exporter import errors
from exporter.storage import disk
import model_specs
from model_specs import kinds

Folder = pathlib.Path | upath.UPath
_F = TypeVar('_F', bound=Folder)
_F_co = TypeVar('_F_co', bound=Folder, covariant=True)
_MEASURED = '.measured.json'


@dataclasses.dataclass(frozen=True)
class Place(Generic[_F_co]):
  """Where a handle's three parts are, and what may be measured of them."""

  artifact: _F_co
  manifest: _F_co
  card: _F_co

  @property
  def measured(self) -> _F_co:
    """The file of what was measured of the artifact since it was made.

    Most artifacts have none: nobody measured them.
    """
    return cast(_F_co, self.artifact.with_suffix(_MEASURED))


def parse_folder(text: str) -> Folder:
  """What a person names: a path, or a URL with a scheme.

  Raises:
    ValueError: Nobody knows the scheme, or its package is not installed.
  """
  if '://' not in text:
    return pathlib.Path(text).expanduser()
  try:
    # Others write there, too: what was listed once may be long gone.
    folder = upath.UPath(text.rstrip('/'), use_listings_cache=False)
    is_local = 'file' in folder.fs.protocol
  except Exception as error:  # Each storage's package has its own.
    raise ValueError(str(error)) from error
  return pathlib.Path(folder.path) if is_local else folder


@contextlib.contextmanager
def reach(folder: Folder) -> Iterator[None]:
  """Turns what a storage's own package raises into an OSError."""
  try:
    yield
  except (OSError, errors.SlimhubError):
    raise
  except Exception as error:
    if isinstance(folder, pathlib.Path):
      raise
    reason = next(iter(str(error).splitlines()), '')
    raise OSError(f'{folder}: {type(error).__name__}: {reason}') from error


def place(output_dir: _F, handle: model_specs.Handle) -> Place[_F]:
  """The artifact, a folder or a file, and the files beside it."""
  return Place(
    cast(_F, output_dir / str(handle)),
    cast(_F, output_dir / f'{handle.stem}{kinds.MANIFEST}'),
    cast(_F, output_dir / f'{handle.stem}{kinds.CARD}'),
  )


def write_text(path: Folder, text: str) -> None:
  """Writes a text file whole or not at all."""
  with reach(path):
    if isinstance(path, pathlib.Path):
      disk.write_whole(path, text.encode())
    else:
      path.write_text(text, encoding='utf-8')  # A storage takes it whole.


@contextlib.contextmanager
def local_copy(artifact: Folder) -> Iterator[pathlib.Path]:
  """The same folder or file on this machine, for a while."""
  if isinstance(artifact, pathlib.Path):
    yield artifact
    return
  with tempfile.TemporaryDirectory() as copy:
    found = pathlib.Path(copy)
    with reach(artifact):
      if artifact.is_file():
        found /= artifact.name
        artifact.fs.get_file(artifact.path, str(found))
      elif artifact.exists():
        artifact.fs.get(f'{artifact.path}/', f'{copy}/', recursive=True)
    yield found
