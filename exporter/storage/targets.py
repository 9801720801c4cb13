"""Finds the exports that a command line names, by patterns or by a path."""

from collections.abc import Sequence
import contextlib
import pathlib

from exporter import errors
from exporter.storage import export
from exporter.storage import folder
from exporter.storage import locations
from exporter.storage import places
from exporter.storage import search
import model_specs
from model_specs import versions

_BEFORE_TASK = 3  # Parts of a handle before its task: PUBLISHER/DATASET/NAME.


def _has_manifest(task: pathlib.Path) -> bool:
  """Whether a folder holds a manifest that says it is the folder of a task."""
  root = task.parents[_BEFORE_TASK]
  inside = search.Search(task)
  for pattern in ('*.json', '*.*/*.json'):
    for path in inside.glob(pattern):
      stem = path.relative_to(root).with_suffix('').as_posix()
      with contextlib.suppress(errors.ManifestError, OSError):
        if export.read_manifest(root, stem) is not None:
          return True
  return False


def _is_task(path: pathlib.Path, registry: model_specs.Registry) -> bool:
  """Whether a folder is that of a model's task, and not just called like one.

  Data sets may have folders called `classification`, too.
  """
  parts = path.parts[1:]  # The first is the root of the file system.
  if len(parts) <= _BEFORE_TASK or parts[-1] not in versions.TASKS:
    return False
  *_, collection, name, _ = parts
  if any((m.collection, m.name) == (collection, name) for m in registry.models):
    return True
  return _has_manifest(path)


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
  for task in (path, *path.parents):
    if _is_task(task, registry):
      return task.parents[_BEFORE_TASK]
  found = search.Search(path)
  for depth in range(_BEFORE_TASK + 1):
    below = '*/' * (_BEFORE_TASK - depth)
    for name in versions.TASKS:
      if any(_is_task(task, registry) for task in found.glob(below + name)):
        return (path, *path.parents)[depth]
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
