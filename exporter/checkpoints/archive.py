"""Finds a model's published checkpoint in a folder, unpacked or archived."""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import pathlib

from exporter import errors
from exporter import storage
from exporter.checkpoints import copies
from exporter.checkpoints import prefixes
from exporter.checkpoints.fetch import checksums
import model_specs
from model_specs import checksums as published

_REQUIRED = '--require_checksums asks for a known checksum'


def unpacked(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> list[pathlib.Path]:
  """The prefixes at which a folder may hold a model's unpacked checkpoint."""
  name, member = model.checkpoint_name, model.checkpoint_member
  places = [model.checkpoint, f'{name}/{member}']
  # Without the model's name in it, a file could belong to another model.
  if member.startswith(name):
    places.append(member)
  return list(dict.fromkeys(folder / place for place in places))


def places(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> tuple[pathlib.Path, ...]:
  """The paths at which a folder of checkpoints may hold a model's archive."""
  release = model.archive_url.split('/')[-2]
  return folder / model.archive_name, folder / release / model.archive_name


def _is_checkpoint(prefix: pathlib.Path) -> bool:
  """Whether any file of a checkpoint exists, even if others are missing."""
  parts = prefix.parent.glob(f'{prefix.name}.data-*-of-*')
  return prefix.is_file() or prefixes.index_of(prefix).exists() or any(parts)


def _wanted(model: model_specs.ModelSpec) -> copies.Wanted:
  """Tells the files of a model's checkpoint, and its frozen graph, by name."""
  *folders, prefix = model.checkpoint_member.split('/')
  frozen = prefixes.frozen_names(prefix)

  def is_wanted(path: pathlib.PurePosixPath) -> bool:
    parents = path.parts[:-1]
    if folders and list(parents[-len(folders) :]) != folders:
      return False
    part = prefixes.split(path.name) or (path.name, '')
    return part[0] == prefix or path.name in frozen

  return is_wanted


def _only(
  archive: pathlib.Path, model: model_specs.ModelSpec, copied: copies.Copies
) -> prefixes.Files:
  """The checkpoint of a model among what was copied from its archive.

  Raises:
    CheckpointError: There is none, or more than one.
  """
  if len(copied.checkpoints) != 1:
    held = ' and '.join(copied.checkpoints) or 'no checkpoint'
    raise errors.CheckpointError(
      f'archive {archive} holds {held}, expected one '
      f'{model.checkpoint_member}; put the archive of this model in its place'
    )
  (checkpoint,) = copied.checkpoints.values()
  return checkpoint._replace(graph=next(iter(copied.graphs.values()), None))


def _identify(
  archive: pathlib.Path,
  folder: pathlib.Path,
  model: model_specs.ModelSpec,
  require_checksum: bool,
) -> storage.Archive:
  """Says which archive it is, and why it is taken for the published one.

  Few archives have a published checksum; `fetch` records those of the others.

  Raises:
    CheckpointError: The archive is not the one whose checksum is known; or no
      checksum is known, and one is required.
  """
  difference = checksums.difference(archive, folder, model.archive_url)
  if difference:
    fetch = storage.fetch_command(folder, model.name)
    raise errors.CheckpointError(
      f'archive {archive} {difference}; it is exported as the published '
      f'{model.name}, so delete it and get that one with `{fetch}`'
    )
  expected = checksums.known(model.archive_url)
  if require_checksum and not expected:
    raise errors.CheckpointError(
      f'archive {archive}: {_REQUIRED}, and none of {model.archive_url} is '
      f'known; put its line into {checksums.own_file()}, from somebody whom '
      'you believe'
    )
  try:
    checksum = expected or checksums.measure(archive, model.archive_url)
  except OSError as error:
    raise errors.CheckpointError(
      f'archive {archive} cannot be read: {error.strerror}; put the published '
      'archive of this model in its place, where you may read it'
    ) from error
  is_published = model.archive_url in published.published()
  trust = published.PUBLISHED if is_published else published.FIRST_USE
  return storage.Archive(**vars(checksum), trust=trust)


def inspect(archive: pathlib.Path, model: model_specs.ModelSpec) -> None:
  """Raises a CheckpointError unless the archive is whole and of the model."""
  _only(archive, model, copies.copy(archive, None, _wanted(model)))


def _holds(folder: pathlib.Path, model: model_specs.ModelSpec) -> bool:
  return any(map(_is_checkpoint, unpacked(folder, model))) or any(
    archive.exists() for archive in places(folder, model)
  )


def lacking_archives(
  folder: pathlib.Path, models: Iterable[model_specs.ModelSpec]
) -> tuple[model_specs.ModelSpec, ...]:
  """The models of which a folder holds neither a checkpoint nor an archive.

  Damaged ones count as there: `find` says what is wrong with them.
  """
  return tuple(model for model in models if not _holds(folder, model))


def _absent(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> errors.CheckpointError:
  """The error for a folder that has no checkpoint of a model."""
  fetch = storage.fetch_command(folder, model.name)
  if not folder.is_dir():
    state = 'is a file' if folder.exists() else 'does not exist'
    return errors.CheckpointError(
      f'checkpoint folder {folder} {state}; '
      f'name the folder that holds the checkpoints, or `{fetch}` makes it'
    )
  return errors.CheckpointError(
    f'no checkpoint of {model.name} in {folder}; looked for\n'
    + ''.join(f'  {prefix}.index\n' for prefix in unpacked(folder, model))
    + ''.join(f'  {archive}\n' for archive in places(folder, model))
    + f'`{fetch}` downloads {model.archive_url}'
  )


def check_there(folder: pathlib.Path, model: model_specs.ModelSpec) -> None:
  """Raises a CheckpointError if a folder has no checkpoint of a model.

  Damaged ones count as there: `find` says what is wrong with them.
  """
  if not _holds(folder, model):
    raise _absent(folder, model)


def check_packed(folder: pathlib.Path, model: model_specs.ModelSpec) -> None:
  """Raises a CheckpointError for an unpacked checkpoint: it has no checksum."""
  prefix = next(filter(_is_checkpoint, unpacked(folder, model)), None)
  archives = filter(pathlib.Path.exists, places(folder, model))
  if prefix:
    advice = f'put the archive {model.archive_name} there instead'
    if archive := next(archives, None):
      advice = f'move it away, and {archive} is taken'
    raise errors.CheckpointError(
      f'checkpoint {prefix}: {_REQUIRED}, and it lies unpacked, which has '
      f'none; {advice}'
    )


@contextlib.contextmanager
def find(
  folder: pathlib.Path,
  model: model_specs.ModelSpec,
  require_checksum: bool = False,
) -> Iterator[prefixes.Files]:
  """Finds the checkpoint of a model, and unpacks its archive if need be.

  Args:
    folder: Holds checkpoints in the folders that the published archives unpack
      to, or the files of checkpoints directly, or the archives themselves.
    model: The model whose checkpoint is wanted.
    require_checksum: Whether to take only an archive whose checksum is known.

  Yields:
    The checkpoint; its files exist while the context is open.

  Raises:
    CheckpointError: There is no checkpoint, and the message lists all places
      that were searched; or an archive is not the one whose checksum is known.
  """
  if require_checksum:
    check_packed(folder, model)
  for prefix in unpacked(folder, model):
    if _is_checkpoint(prefix):
      yield prefixes.files_at(prefix)
      return
  for archive in places(folder, model):
    if archive.exists():
      identified = _identify(archive, folder, model, require_checksum)
      with copies.copied(archive, _wanted(model)) as copied:
        yield _only(archive, model, copied)._replace(archive=identified)
      return
  raise _absent(folder, model)
