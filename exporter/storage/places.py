"""Where exports are: a folder, or a URL of any storage that fsspec knows."""

from collections.abc import Iterator
import contextlib
import dataclasses
import pathlib
import re
import tempfile
from typing import TYPE_CHECKING
from typing import Generic
from typing import TypeAlias
from typing import TypeVar
from typing import Union
from typing import cast
from typing import overload

from exporter import errors
from exporter.storage import disk
import model_specs
from model_specs import kinds

# Most commands meet no URL, and fsspec takes longer to import than they take.
if TYPE_CHECKING:
  import upath

Folder: TypeAlias = Union[pathlib.Path, 'upath.UPath']
_F = TypeVar('_F', bound=Folder)
_F_co = TypeVar('_F_co', bound=Folder, covariant=True)
_URL = re.compile(r'[A-Za-z][A-Za-z0-9+.-]+://')
_HALF_A_URL = re.compile(r'[A-Za-z][A-Za-z0-9+.-]+:/(?!/)')


@dataclasses.dataclass(frozen=True)
class Place(Generic[_F_co]):
  """The paths of an artifact, its manifest and its card."""

  artifact: _F_co
  manifest: _F_co
  card: _F_co

  @property
  def measured(self) -> _F_co:
    """The path of what was measured of the artifact after its export.

    Most artifacts have no such file, as nobody has measured them.
    """
    return cast(_F_co, self.artifact.with_suffix(kinds.MEASURED))

  @property
  def signature(self) -> _F_co:
    """The path of the signature of the artifact, if somebody has signed it."""
    return cast(_F_co, self.card.with_suffix(kinds.SIGNATURE))

  @property
  def provenance(self) -> _F_co:
    """The path of the statement on what the artifact was made of, and how."""
    return cast(_F_co, self.card.with_suffix(kinds.PROVENANCE))

  @property
  def bom(self) -> _F_co:
    """The path of the bill of materials of the artifact."""
    return cast(_F_co, self.card.with_suffix(kinds.BOM))

  @property
  def said(self) -> tuple[_F_co, ...]:
    """The paths of all that an export says of its artifact, in their order.

    The manifest is the last: with it, the artifact is whole.
    """
    return (self.card, self.provenance, self.bom, self.manifest)


def parse_path(text: str) -> pathlib.Path:
  """The path that a person names; a tilde in front is a home folder.

  Raises:
    ValueError: It is empty, cannot be a path, or nobody has such a home.
  """
  if not text:
    raise ValueError('is empty, expected a path; `.` is the current folder')
  if '\0' in text:
    raise ValueError('holds a character of number 0, which no path has')
  if _URL.match(text):
    raise ValueError(
      'is a URL, expected a path: name a folder or file of this machine, and '
      'copy from or to the URL'
    )
  try:
    return pathlib.Path(text).expanduser()
  except RuntimeError as error:  # Python knows no home folder of that user.
    raise ValueError('names a home folder that nobody has') from error


def parse_folder(text: str) -> Folder:
  """The folder that a person names by a path, or by a URL with a scheme.

  Raises:
    ValueError: It is no path, or the URL is incomplete, its scheme is unknown,
      or its package is not installed.
  """
  if _HALF_A_URL.match(text):
    raise ValueError(
      'looks like a URL with one slash, expected two, as in s3://BUCKET/PATH; '
      'write a folder of this name as ./FOLDER'
    )
  if '://' not in text:
    return parse_path(text)
  if not text.partition('://')[2].strip('/'):
    raise ValueError('names no bucket or folder, expected s3://BUCKET/PATH')
  if '::' in text.partition('://')[0]:
    raise ValueError(
      'is a chain of storages, expected one, as in s3://BUCKET/PATH'
    )
  import upath

  try:
    # Others write there, too, so an earlier listing may be out of date.
    folder = upath.UPath(text.rstrip('/'), use_listings_cache=False)
    names = folder.fs.protocol  # One, or several.
    is_local = 'file' in ((names,) if isinstance(names, str) else names)
  except Exception as error:  # Each storage's package raises its own.
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
    if isinstance(folder, str | pathlib.Path):
      raise
    reason = next(iter(str(error).splitlines()), '')
    raise OSError(f'{folder}: {type(error).__name__}: {reason}') from error


@overload
def place(output_dir: str, handle: model_specs.Handle) -> Place[Folder]: ...


@overload
def place(output_dir: _F, handle: model_specs.Handle) -> Place[_F]: ...


def place(
  output_dir: str | Folder, handle: model_specs.Handle
) -> Place[pathlib.Path] | Place[Folder]:
  """Where the artifact of a handle is, with the files beside it."""
  folder = (
    parse_folder(output_dir) if isinstance(output_dir, str) else output_dir
  )
  return Place(
    folder / str(handle),
    folder / f'{handle.stem}{kinds.MANIFEST}',
    folder / f'{handle.stem}{kinds.CARD}',
  )


def write_text(path: Folder, text: str) -> None:
  """Writes a text file whole or not at all."""
  with reach(path):
    if isinstance(path, pathlib.Path):
      disk.write_whole(path, text.encode())
    else:
      path.write_text(text, encoding='utf-8')  # An upload is whole or fails.


def _download(artifact: 'upath.UPath', target: pathlib.Path) -> None:
  """Copies an artifact of a storage, if it is there."""
  with reach(artifact):
    if artifact.is_file():
      target.parent.mkdir(parents=True, exist_ok=True)
      artifact.fs.get_file(artifact.path, str(target))
    elif artifact.exists():
      target.mkdir(parents=True, exist_ok=True)
      artifact.fs.get(f'{artifact.path}/', f'{target}/', recursive=True)


@contextlib.contextmanager
def local_root(folder: Folder, handle: str) -> Iterator[pathlib.Path]:
  """Yields a folder of this machine that holds an artifact under its handle.

  Args:
    folder: The folder of exports, which is yielded if it is on this machine.
    handle: The path of the artifact below it.
  """
  if isinstance(folder, pathlib.Path):
    yield folder
    return
  with tempfile.TemporaryDirectory() as copy:
    root = pathlib.Path(copy)
    _download(folder / handle, root / handle)
    yield root


@contextlib.contextmanager
def local_copy(artifact: Folder) -> Iterator[pathlib.Path]:
  """Yields the path of an artifact on this machine, or of a temporary copy."""
  with local_root(artifact.parent, artifact.name) as root:
    yield root / artifact.name
