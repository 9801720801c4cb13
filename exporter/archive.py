"""Where a model's checkpoint is: unpacked as published, flat, or archived."""

from collections.abc import Iterator
import contextlib
import lzma
import pathlib
import shutil
import tarfile
import tempfile
import zlib

from exporter import errors
from model_specs import spec

_INDEX = '.index'
_UNREADABLE = (
  tarfile.TarError,
  EOFError,
  lzma.LZMAError,
  zlib.error,
  OSError,
)


def _prefixes(
  folder: pathlib.Path, model: spec.ModelSpec
) -> list[pathlib.Path]:
  name = model.checkpoint_name
  places = (model.checkpoint, f'{name}/{name}.ckpt', f'{name}.ckpt')
  return list(dict.fromkeys(folder / place for place in places))


def _archives(
  folder: pathlib.Path, model: spec.ModelSpec
) -> list[pathlib.Path]:
  release, archive = model.archive_url.split('/')[-2:]
  return [folder / archive, folder / release / archive]


def _is_checkpoint(prefix: pathlib.Path) -> bool:
  """Whether anything of a checkpoint is there, be it only half."""
  parts = prefix.parent.glob(f'{prefix.name}.data-*-of-*')
  index = prefix.with_name(prefix.name + _INDEX)
  return prefix.is_file() or index.exists() or any(parts)


def _is_part(member: tarfile.TarInfo, prefix: str) -> bool:
  name = pathlib.PurePosixPath(member.name).name
  is_data = name.startswith(f'{prefix}.data-')
  return member.isfile() and (name in (prefix, prefix + _INDEX) or is_data)


def _unpack(archive: pathlib.Path, prefix: str, folder: pathlib.Path) -> None:
  """Copies a checkpoint's files, and nothing else, out of an archive."""
  try:
    with tarfile.open(archive) as tar:
      members = [m for m in tar if _is_part(m, prefix)]
      for member in members:
        part = tar.extractfile(member)
        assert part is not None  # It is a regular file.
        target = folder / pathlib.PurePosixPath(member.name).name
        with part, target.open('wb') as copy:
          shutil.copyfileobj(part, copy)
  except _UNREADABLE as error:
    raise errors.CheckpointError(
      f'archive {archive} cannot be unpacked: {error}; '
      'it is damaged or no tar archive; download it again'
    ) from error
  if not members:
    raise errors.CheckpointError(
      f'archive {archive} holds no checkpoint {prefix}; '
      'put the archive of this model in its place'
    )


@contextlib.contextmanager
def find(folder: pathlib.Path, model: spec.ModelSpec) -> Iterator[pathlib.Path]:
  """Gives the prefix of a model's checkpoint.

  Args:
    folder: Holds checkpoints as the published archives unpack, or flat, or
      the archives themselves.
    model: Whose checkpoint.

  Yields:
    The prefix, readable while the context is open.

  Raises:
    CheckpointError: There is none; the message lists where it was looked for.
  """
  if not folder.is_dir():
    found = 'is a file' if folder.exists() else 'does not exist'
    raise errors.CheckpointError(
      f'checkpoint folder {folder} {found}; '
      'name the folder that holds the unpacked archives'
    )
  prefixes, archives = _prefixes(folder, model), _archives(folder, model)
  for prefix in prefixes:
    if _is_checkpoint(prefix):
      yield prefix
      return
  for archive in archives:
    if archive.exists():
      with tempfile.TemporaryDirectory() as unpacked:
        name = f'{model.checkpoint_name}.ckpt'
        _unpack(archive, name, pathlib.Path(unpacked))
        try:
          yield pathlib.Path(unpacked) / name
        except errors.CheckpointError as error:
          # Nobody can look at the copy any more.
          message = str(error).replace(unpacked, str(archive))
          raise errors.CheckpointError(message) from error
      return
  raise errors.CheckpointError(
    f'no checkpoint of {model.name} in {folder}; looked for\n'
    + ''.join(f'  {prefix}.index\n' for prefix in prefixes)
    + ''.join(f'  {archive}\n' for archive in archives)
    + f'download {model.archive_url} into the folder'
  )
