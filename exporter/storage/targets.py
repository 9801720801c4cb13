"""Finds the exports that a command line names, by patterns or by a path."""

from collections.abc import Sequence
import pathlib

from exporter import errors
from exporter.storage import folder
from exporter.storage import locations
from exporter.storage import places
import model_specs
from model_specs import versions

_BEFORE_TASK = 3  # Parts of a handle before its task: PUBLISHER/DATASET/NAME.


def _root(path: pathlib.Path) -> pathlib.Path | None:
  """The output folder that a path belongs to, or None.

  If a part of the path is the name of a task, the folder is found from there.
  Otherwise it is found from the folders at and below the path. Those above are
  not searched, as they may hold everything on the machine.
  """
  task_positions = [
    at for at, part in enumerate(path.parts) if part in versions.TASKS
  ]
  if task_positions:
    parts = path.parts[: task_positions[-1]]
    return pathlib.Path(*parts[:-_BEFORE_TASK])
  for depth in range(_BEFORE_TASK + 1):
    below = '*/' * (_BEFORE_TASK - depth)
    if any(any(path.glob(below + task)) for task in versions.TASKS):
      return pathlib.Path(*path.parts[: len(path.parts) - depth])
  return None


def _below(
  path: pathlib.Path, registry: model_specs.Registry
) -> tuple[pathlib.Path, tuple[model_specs.Handle, ...]]:
  """The output folder that a path belongs to, and the exports in the path."""
  path = path.resolve()
  root = _root(path) if path.exists() else None
  inside: list[model_specs.Handle] = []
  if root is not None:
    for handle in folder.find_artifacts(root, registry=registry):
      artifact = root / str(handle)
      if path in (artifact, *artifact.parents):
        inside.append(handle)
  if root is None or not inside:
    raise errors.ManifestError(
      f'{path} is no export of slimhub and holds none; name the folder or the '
      'file of an export, its --output_dir, or a handle with --output_dir=DIR'
    )
  return root, tuple(inside)


def find_targets(
  targets: Sequence[str],
  output_dir: places.Folder | None,
  formats: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
) -> tuple[places.Folder, tuple[model_specs.Handle, ...]]:
  """The exports that a command line names.

  Args:
    targets: Patterns of handles if there is an output_dir, else a single path.
    output_dir: The folder that exports are in, if it was named.
    formats: The words of --formats that limit the choice; None takes all.
    registry: Describes the user's own models, in case a manifest does not.

  Returns:
    The folder that exports are in, and their handles, sorted.

  Raises:
    ManifestError: There are no such exports.
    ExportError: The path cannot be one.
    UnknownNameError: A pattern matches no model.
  """
  if output_dir is not None:
    handles = folder.find_artifacts(output_dir, targets, formats, registry)
    return output_dir, handles
  (target,) = targets
  root, inside = _below(locations.to_path(target), registry)
  of_formats = folder.find_artifacts(root, (), formats, registry)
  return root, tuple(handle for handle in of_formats if handle in inside)
