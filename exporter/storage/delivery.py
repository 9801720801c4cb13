"""Puts finished artifacts in place: whole or not at all, the manifest last."""

from collections.abc import Iterator
from concurrent import futures
import contextlib
import hashlib
import os
import pathlib
import shutil
import tempfile
from typing import TYPE_CHECKING

from exporter import errors
from exporter.storage import contents
from exporter.storage import disk
from exporter.storage import places
from exporter.storage import replacing
import model_specs

if TYPE_CHECKING:
  import upath

# Inside the output folder, so that a rename suffices to deliver from it.
STAGING = '.slimhub-staging'


def _staging(output_dir: places.Folder) -> tuple[pathlib.Path, str]:
  """The parent of temporary folders, and the prefix of their names.

  The prefix is empty where the parent holds nothing else.
  """
  if isinstance(output_dir, pathlib.Path):
    return output_dir / STAGING, ''
  digest = hashlib.sha256(str(output_dir).encode()).hexdigest()
  return pathlib.Path(tempfile.gettempdir()), f'slimhub-{digest[:12]}-'


def clear_staging(output_dir: places.Folder) -> None:
  """Removes what killed runs left, and finishes what they were replacing.

  The caller must hold the folder's lock.
  """
  parent, prefix = _staging(output_dir)
  if isinstance(output_dir, pathlib.Path):
    if not parent.is_symlink():
      for folder in parent.glob('*'):
        replacing.finish(folder, output_dir)
    shutil.rmtree(parent, ignore_errors=True)
    return
  for folder in parent.glob(f'{prefix}*'):
    if folder.stat(follow_symlinks=False).st_uid == os.getuid():
      shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def stage(output_dir: places.Folder) -> Iterator[pathlib.Path]:
  """A temporary folder to prepare a delivery in, removed in the end.

  Raises:
    ExportError: A killed run of another user left a folder in its place.
  """
  parent, prefix = _staging(output_dir)
  parent.mkdir(parents=True, exist_ok=True)
  try:
    folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
  except PermissionError as error:
    owner = parent.stat().st_uid
    if owner == os.geteuid():
      raise
    raise errors.ExportError(
      f'{parent}, of the user with the number {owner}, cannot be written to; a '
      'run of theirs that was killed left it: remove it'
    ) from error
  try:
    yield folder
  finally:
    if isinstance(output_dir, pathlib.Path):
      replacing.finish(folder, output_dir)
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def syncing(
  artifact: pathlib.Path, output_dir: places.Folder
) -> Iterator[None]:
  """Has the disk take an artifact while the caller proves it.

  The delivery then has little to wait for. To a bucket all is sent from memory.

  Args:
    artifact: A file or folder of `stage`, which the caller only reads.
    output_dir: Where it will be delivered to.

  Raises:
    OSError: The disk could not take it. It says so only once.
  """
  if not isinstance(output_dir, pathlib.Path):
    yield
    return
  with futures.ThreadPoolExecutor(1) as thread:
    try:
      synced = thread.submit(disk.sync, artifact)
    except RuntimeError:  # The machine has no more threads.
      yield
      return
    yield
    synced.result()


def _refuse_others(
  handle: model_specs.Handle, staged: pathlib.Path, artifact: places.Folder
) -> None:
  """Raises an ExportError if what is in place is somebody else's.

  A killed run of the same export left some or all of the files that are staged.
  After a power cut, such files may have lost their content.
  """
  with places.local_copy(artifact) as folder:
    root = folder.parent if folder.is_file() else folder
    for name, how in contents.compare(
      contents.hash_files(staged), folder
    ).items():
      if how != contents.MISSING and not disk.is_torn(root / name):
        raise errors.ExportError(
          f'{handle} exists in {artifact} without a manifest, and its '
          f'files are not those of this export ({name}: {how}); --force '
          'replaces it'
        )


def _move(
  handle: model_specs.Handle,
  staged: places.Place[pathlib.Path],
  output_dir: pathlib.Path,
  may_replace: bool,
) -> None:
  """Moves an artifact and what is said of it by renaming them."""
  place = places.place(output_dir, handle)
  place.artifact.parent.mkdir(parents=True, exist_ok=True)
  # A replacement that stops halfway would stop every later run, too.
  for path in (*place.said, place.measured, place.signature):
    if path.is_dir() and not path.is_symlink():
      raise errors.ExportError(
        f'{path} is a folder, and an export has a file of that name; move the '
        'folder away'
      )
  if place.artifact.exists() and not may_replace:
    # A run was killed between two renames, or the folder is not ours.
    _refuse_others(handle, staged.artifact, place.artifact)
  disk.sync(staged.artifact, *staged.said)
  replacing.move(staged, place, output_dir)


def _upload(
  handle: model_specs.Handle,
  staged: places.Place[pathlib.Path],
  place: 'places.Place[upath.UPath]',
  may_replace: bool,
) -> None:
  """Copies an artifact to a bucket, file by file.

  Until the manifest is there, which comes last, nobody takes it for an export.
  """
  partial = place.artifact.with_suffix('.partial')
  exists = place.artifact.exists()
  if exists and not may_replace and not partial.exists():
    _refuse_others(handle, staged.artifact, place.artifact)
  partial.write_bytes(b'')  # Says that an interrupted upload may be replaced.
  place.manifest.unlink(missing_ok=True)
  place.measured.unlink(missing_ok=True)
  place.signature.unlink(missing_ok=True)
  storage, path = place.artifact.fs, place.artifact.path
  if exists:
    storage.rm(path, recursive=True)
  if staged.artifact.is_file():
    storage.put_file(str(staged.artifact), path)
  else:
    storage.put(f'{staged.artifact}/', f'{path}/', recursive=True)
  for source, target in zip(staged.said, place.said, strict=True):
    if target == place.manifest:
      partial.unlink()
    target.write_bytes(source.read_bytes())


def deliver(
  handle: model_specs.Handle,
  staged: places.Place[pathlib.Path],
  output_dir: places.Folder,
  may_replace: bool,
) -> None:
  """Moves an artifact, and all that is said of it, to their places.

  Args:
    handle: What the artifact is.
    staged: Where they are now, in a folder of `stage`.
    output_dir: The folder or bucket of exports.
    may_replace: Whether another artifact that is in place may be replaced.

  Raises:
    ExportError: Another artifact is in place and must not be replaced.
  """
  if isinstance(output_dir, pathlib.Path):
    _move(handle, staged, output_dir, may_replace)
  else:
    with places.reach(output_dir):
      _upload(handle, staged, places.place(output_dir, handle), may_replace)
