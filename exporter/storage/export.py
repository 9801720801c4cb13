"""An artifact that was delivered whole, with its manifest and its card.

All three may come from somebody else, so nothing in them is trusted.
"""

from collections.abc import Iterator
import contextlib
import dataclasses
import errno
import functools
import pathlib

from exporter import errors
from exporter.storage import contents
from exporter.storage import inside
from exporter.storage import manifest as manifest_lib
from exporter.storage import origins
from exporter.storage import places
import model_specs
from model_specs import kinds
from model_specs import outside

_MOST = 2**22  # Bytes. The largest manifest has the names of all its classes.
_AGAIN = 'export the version again with --force'


def read_small(
  folder: places.Folder, name: str, advice: str = _AGAIN, most: int = _MOST
) -> bytes | None:
  """The content of a small file beside an artifact, or in a folder of exports.

  Args:
    folder: The folder of exports.
    name: The path of the file below it.
    advice: What a person is told to do if the file cannot be read.
    most: How many bytes it may have.

  Returns:
    The content; None if the file is missing, or is what a power cut left: some
    file systems leave a file without content then, others one full of zeros.

  Raises:
    ManifestError: The file is a link or the like, or too large.
  """
  with contextlib.suppress(FileNotFoundError):
    try:
      data = _read(folder, name, most)
    except outside.NotUsableError as error:
      raise errors.ManifestError(
        f'{error.filename} {error.strerror}; {advice}'
      ) from error
    return data if data.strip(b'\0') else None
  return None


def _read(folder: places.Folder, name: str, most: int) -> bytes:
  if isinstance(folder, pathlib.Path):
    return inside.read_file(folder, name, most)
  with places.reach(folder), (folder / name).open('rb') as file:
    data: bytes = file.read(most + 1)
  if len(data) > most:
    raise outside.NotUsableError(
      errno.EFBIG, f'has more than {most:,} bytes', str(folder / name)
    )
  return data


def read_manifest(
  folder: places.Folder, stem: str
) -> manifest_lib.Manifest | None:
  """Reads the manifest of an artifact.

  Args:
    folder: The folder of exports.
    stem: The path of the manifest below it, without suffix.

  Returns:
    The manifest; None if there is none. It is delivered last, so that an
    artifact without one is not whole.

  Raises:
    ManifestError: The file is no manifest, or that of another artifact.
  """
  name = f'{stem}{kinds.MANIFEST}'
  text = read_small(folder, name)
  if text is None:
    return None
  manifest = manifest_lib.parse_manifest(text, f'{folder / name}')
  if manifest_lib.described_stem(manifest) != stem:
    raise errors.ManifestError(
      f'{folder / name} is the manifest of {manifest.handle}, expected one of '
      f'{stem}; export it again with --force'
    )
  kind = manifest_lib.kind_of(manifest)
  if not kind.is_folder and list(manifest.files) != [kind.file]:
    raise errors.ManifestError(
      f'{folder / name} lists {len(manifest.files)} files, expected '
      f'{kind.file} alone; export it again with --force'
    )
  return manifest


def read_card(folder: places.Folder, stem: str) -> str | None:
  """Reads the card of an artifact; None if there is none.

  Args:
    folder: The folder of exports.
    stem: The path of the card below it, without suffix.

  Raises:
    ManifestError: The file is a link or the like, too large, or no text.
  """
  name = f'{stem}{kinds.CARD}'
  text = read_small(folder, name)
  try:
    return None if text is None else text.decode()
  except UnicodeDecodeError as error:
    raise errors.ManifestError(
      f'{folder / name} is no text in UTF-8 ({error}); export the version '
      'again with --force'
    ) from error


@dataclasses.dataclass(frozen=True)
class Export:
  """An artifact that was delivered whole."""

  root: places.Folder  # The folder of exports that it lies in.
  manifest: manifest_lib.Manifest

  @property
  def stem(self) -> str:
    """The path of its manifest and its card below the root, without suffix."""
    return manifest_lib.described_stem(self.manifest)

  def read_card(self) -> str:
    """The text of its card.

    Raises:
      ManifestError: There is no card, or it is no text.
    """
    card = read_card(self.root, self.stem)
    if card is None:
      raise errors.ManifestError(
        f'{self.root / self.stem}{kinds.CARD} is missing; export the version '
        'again with --force'
      )
    return card

  def read_beside(self, suffix: str) -> bytes | None:
    """What lies beside it: `kinds.SIGNATURE`, PROVENANCE or BOM.

    Returns:
      The content; None if nobody has signed it, or somebody removed it.

    Raises:
      ManifestError: The file is a link or the like, or too large.
    """
    return read_small(self.root, f'{self.stem}{suffix}')


def find_export(folder: str | places.Folder, stem: str) -> Export | None:
  """The artifact at a path, if it was delivered whole.

  Args:
    folder: The folder of exports.
    stem: The path of its manifest below it, without suffix.

  Raises:
    ManifestError: Its manifest is unreadable, or is another's; or it lies
      behind a link.
  """
  root = places.parse_folder(folder) if isinstance(folder, str) else folder
  manifest = read_manifest(root, stem)
  if manifest is None:
    return None
  if not isinstance(root, pathlib.Path):
    is_there = (root / manifest.handle).exists()
  else:
    try:
      is_there = inside.is_there(root, manifest.handle)
    except outside.NotUsableError as error:
      raise errors.ManifestError(f'{error}; copy it there') from error
  return Export(root, manifest) if is_there else None


@contextlib.contextmanager
def open_artifact(
  root: places.Folder, handle: model_specs.Handle
) -> Iterator[tuple[pathlib.Path, manifest_lib.Manifest]]:
  """Yields a local path of an artifact whose files are what they should be.

  Args:
    root: The folder of exports.
    handle: The artifact.

  Yields:
    The path of the artifact, or of a temporary copy of it, and its manifest.

  Raises:
    ManifestError: It has no manifest, or its files are not those of the
      manifest; or a converted one is not of the SavedModel beside it.
  """
  place = places.place(root, handle)
  manifest = read_manifest(root, handle.stem)
  if manifest is None:
    raise errors.ManifestError(
      f'{place.artifact} has no manifest {place.manifest.name} beside it; '
      'export the version again with --force'
    )
  origins.check_origin(manifest, functools.partial(read_manifest, root))
  with places.local_copy(place.artifact) as artifact:
    different = contents.differences(manifest, artifact)
    if different:
      raise errors.ManifestError(
        f'{place.artifact} is not what its manifest describes; export the '
        'version again with --force\n  ' + '\n  '.join(different)
      )
    yield artifact, manifest
