"""Finds the exports that a command line names, by patterns or by a path."""

from collections.abc import Sequence
import contextlib
import itertools
import pathlib

from exporter import errors
from exporter.storage import export
from exporter.storage import folder
from exporter.storage import locations
from exporter.storage import places
from exporter.storage import search
import model_specs
from model_specs import versions

# Parts of a handle before its task: PUBLISHER/DATASET/NAME, and NAME may end in
# a variant.
_BEFORE_TASK = 3
_BELOW = (
  '*/' * _BEFORE_TASK,
  '*/' * _BEFORE_TASK + f'{model_specs.VARIANT}/',
  *('*/' * depth for depth in reversed(range(_BEFORE_TASK))),
)


def _has_manifest(task: pathlib.Path, root: pathlib.Path) -> bool:
  """Whether a folder holds a manifest that says it is the folder of a task."""
  inside = search.Search(task)
  for pattern in ('*.json', '*.*/*.json'):
    for path in inside.glob(pattern):
      stem = path.relative_to(root).with_suffix('').as_posix()
      with contextlib.suppress(errors.ManifestError, OSError):
        if export.read_manifest(root, stem) is not None:
          return True
  return False


def _is_task(
  task: pathlib.Path, root: pathlib.Path, registry: model_specs.Registry
) -> bool:
  """Whether a folder is that of a model's task, and not just called like one.

  Data sets may have folders called `classification`, too.
  """
  _, collection, *names = task.parent.relative_to(root).parts
  named = (collection, '/'.join(names))
  if any((m.collection, m.name) == named for m in registry.models):
    return True
  return _has_manifest(task, root)


def _root_of(
  path: pathlib.Path, registry: model_specs.Registry
) -> pathlib.Path | None:
  """The output folder above the folder of a task; None if it is none."""
  if path.name not in versions.TASKS:
    return None
  is_variant = path.parent.name == model_specs.VARIANT
  for root in path.parents[_BEFORE_TASK : _BEFORE_TASK + 1 + is_variant]:
    if _is_task(path, root, registry):
      return root
  return None


def _root(
  path: pathlib.Path, registry: model_specs.Registry
) -> pathlib.Path | None:
  """The output folder that an absolute path belongs to, or None.

  It is found from the folder of a task: a part of the path, or one at or below
  it. Folders above are not searched, as they may hold everything on the
  machine.

  Raises:
    PermissionError: None is found, and a folder cannot be listed.
  """
  found = search.Search(path)
  below = (
    task
    for pattern in _BELOW
    for name in versions.TASKS
    for task in found.glob(pattern + name)
  )
  for task in itertools.chain((path, *path.parents), below):
    if root := _root_of(task, registry):
      return root
  for error in found.closed.values():
    raise error
  return None


def _below(
  path: pathlib.Path,
  formats: Sequence[str] | None,
  registry: model_specs.Registry,
) -> tuple[pathlib.Path, folder.Found[model_specs.Handle]]:
  """The output folder that a path belongs to, and the exports in the path."""
  path = path.resolve()
  root = _root(path, registry) if path.exists() else None
  if root is not None:
    artifacts = folder.find_artifacts(root, (), None, registry)
    inside = folder.Found(
      tuple(h for h in artifacts.usable if _is_in(path, root / str(h))),
      tuple(r for r in artifacts.left_out if _meets(path, root / r.name)),
    )
    inside = folder.of_formats(inside, formats)
    if inside.usable or inside.left_out:
      return root, inside
  of_formats = f' of --formats={",".join(formats)}' if formats else ''
  raise errors.ManifestError(
    f'{path} is no export of slimhub{of_formats} and holds none; name the '
    'folder or the file of an export, its --output_dir, or a handle with '
    '--output_dir=DIR'
  )


def _is_in(folder: pathlib.Path, path: pathlib.Path) -> bool:
  return folder in (path, *path.parents)


def _meets(one: pathlib.Path, other: pathlib.Path) -> bool:
  return _is_in(one, other) or _is_in(other, one)


def find_targets(
  targets: Sequence[str],
  output_dir: places.Folder | None,
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
) -> tuple[places.Folder, folder.Found[model_specs.Handle]]:
  """The exports that a command line names.

  Args:
    targets: Patterns of handles if there is an output_dir, else a single path.
    output_dir: The folder that exports are in, if it was named.
    formats: The words of --formats that limit the choice; None takes all.
    registry: Describes the user's own models, in case a manifest does not.

  Returns:
    The folder that exports are in, and their handles, sorted, with a failed
    result for each of them that cannot be used.

  Raises:
    ManifestError: There are no such exports.
    ExportError: The path cannot be one.
    UnknownNameError: A pattern matches no model.
  """
  if output_dir is not None:
    artifacts = folder.find_artifacts(output_dir, targets, formats, registry)
    return output_dir, artifacts
  (target,) = targets
  return _below(locations.to_path(target), formats, registry)
