"""Finds a model's published checkpoint in a folder, unpacked or archived."""

from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
import pathlib
import tempfile

from exporter import errors
from exporter import storage
from exporter.checkpoints import members
from exporter.checkpoints.fetch import checksums
import model_specs

_INDEX = '.index'


def _prefixes(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> list[pathlib.Path]:
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
  index = prefix.with_name(prefix.name + _INDEX)
  return prefix.is_file() or index.exists() or any(parts)


def _is_part(name: str, prefix: str) -> bool:
  return name in (prefix, prefix + _INDEX) or name.startswith(f'{prefix}.data-')


def _frozen_names(prefix: str) -> tuple[str, str]:
  """The names that the frozen graph beside a checkpoint may have."""
  name = prefix.removesuffix('.ckpt')
  return f'{name}_frozen.pb', f'{name.replace(".", "_")}_frozen.pb'


def frozen_graph(prefix: pathlib.Path) -> pathlib.Path | None:
  """The path of the frozen graph that lies beside a checkpoint, or None."""
  for name in _frozen_names(prefix.name):
    path = prefix.with_name(name)
    if path.is_file():
      return path
  return None


def _unpack(
  archive: pathlib.Path,
  model: model_specs.ModelSpec,
  folder: pathlib.Path | None,
) -> str:
  """Copies a checkpoint and its frozen graph, nothing else, from an archive.

  Args:
    archive: The archive, which is read to its end.
    model: The model whose checkpoint it should hold.
    folder: The folder to copy into; None checks the archive without copying.

  Returns:
    The name of the checkpoint's prefix in that folder.

  Raises:
    CheckpointError: The archive is damaged, unsafe to unpack, or of another
      model.
  """
  copied_names = set()
  *folders, prefix = model.checkpoint_member.split('/')
  frozen = _frozen_names(prefix)
  for path, content in members.read(archive):
    name, parents = path.name, path.parts[:-1]
    if not _is_part(name, prefix) and name not in frozen:
      continue
    if folders and list(parents[-len(folders) :]) != folders:
      continue
    if name in copied_names:
      raise errors.CheckpointError(
        f'archive {archive} holds {name} twice; '
        'put the published archive of this model in its place'
      )
    copied_names.add(name)
    if folder is not None:
      with (folder / name).open('wb') as copy:
        copy.writelines(content)
  if not copied_names.difference(frozen):
    raise errors.CheckpointError(
      f'archive {archive} holds no checkpoint {model.checkpoint_member}; '
      'put the archive of this model in its place'
    )
  return prefix


def _refuse_another(
  archive: pathlib.Path, folder: pathlib.Path, model: model_specs.ModelSpec
) -> None:
  """Raises a CheckpointError unless an archive is the one that is known.

  Few archives have a published checksum; `fetch` records those of the others.
  """
  if not archive.is_file():
    return  # What opens it says what is wrong with it.
  difference = checksums.difference(archive, folder, model.archive_url)
  if difference:
    fetch = storage.fetch_command(folder, model.name)
    raise errors.CheckpointError(
      f'archive {archive} {difference}; it is exported as the published '
      f'{model.name}, so delete it and get that one with `{fetch}`'
    )


def inspect(archive: pathlib.Path, model: model_specs.ModelSpec) -> None:
  """Raises a CheckpointError unless the archive is whole and of the model."""
  _unpack(archive, model, None)


def _holds(folder: pathlib.Path, model: model_specs.ModelSpec) -> bool:
  return any(map(_is_checkpoint, _prefixes(folder, model))) or any(
    archive.exists() for archive in places(folder, model)
  )


def lacking_archives(
  folder: pathlib.Path, models: Iterable[model_specs.ModelSpec]
) -> tuple[model_specs.ModelSpec, ...]:
  """The models of which a folder holds neither a checkpoint nor an archive.

  Damaged ones count as there: `find` says what is wrong with them.
  """
  return tuple(model for model in models if not _holds(folder, model))


@contextlib.contextmanager
def find(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> Iterator[pathlib.Path]:
  """Finds the checkpoint of a model, and unpacks its archive if need be.

  Args:
    folder: Holds checkpoints in the folders that the published archives unpack
      to, or the files of checkpoints directly, or the archives themselves.
    model: The model whose checkpoint is wanted.

  Yields:
    The prefix of the checkpoint; its files exist while the context is open.

  Raises:
    CheckpointError: There is no checkpoint, and the message lists all places
      that were searched; or an archive is not the one that is known.
  """
  if not folder.is_dir():
    state = 'is a file' if folder.exists() else 'does not exist'
    raise errors.CheckpointError(
      f'checkpoint folder {folder} {state}; '
      'name the folder that holds the checkpoints, or '
      f'`{storage.fetch_command(folder, model.name)}` makes it'
    )
  prefixes, archives = _prefixes(folder, model), places(folder, model)
  for prefix in prefixes:
    if _is_checkpoint(prefix):
      yield prefix
      return
  for archive in archives:
    if archive.exists():
      _refuse_another(archive, folder, model)
      with tempfile.TemporaryDirectory() as unpacked:
        name = _unpack(archive, model, pathlib.Path(unpacked))
        try:
          yield pathlib.Path(unpacked) / name
        except errors.CheckpointError as error:
          # The copy is about to be removed, so name the archive instead.
          message = str(error).replace(unpacked, str(archive))
          raise errors.CheckpointError(message) from error
      return
  raise errors.CheckpointError(
    f'no checkpoint of {model.name} in {folder}; looked for\n'
    + ''.join(f'  {prefix}.index\n' for prefix in prefixes)
    + ''.join(f'  {archive}\n' for archive in archives)
    + f'`{storage.fetch_command(folder, model.name)}` downloads '
    + model.archive_url
  )
