"""Finds the exports that a command line names, by patterns or by a path."""

from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import pathlib

from exporter import errors
from exporter.storage import folder
from exporter.storage import manifest
from exporter.storage import places
import model_specs
from model_specs import versions

_BEFORE_TASK = 3  # Parts of a handle before its task: PUBLISHER/DATASET/NAME.


def _manifests(task: pathlib.Path) -> Iterator[manifest.Manifest]:
  """The manifests in the folder of a task that can be read."""
  for pattern in ('*.json', '*.*/*.json'):
    for path in task.glob(pattern):
      with contextlib.suppress(errors.ManifestError, OSError):
        yield manifest.read_manifest(path)


def _is_task(path: pathlib.Path, registry: model_specs.Registry) -> bool:
  """Whether a folder is that of a task of a model, and not called so alone.

  Data sets have folders called `classification`, too.
  """
  parts = path.parts[1:]  # The first is the root of the file system.
  if len(parts) <= _BEFORE_TASK or parts[-1] not in versions.TASKS:
    return False
  *_, collection, name, _ = parts
  if any((m.collection, m.name) == (collection, name) for m in registry.models):
    return True
  beginning = '/'.join(parts[-_BEFORE_TASK - 1 :]) + '/'
  return any(m.handle.startswith(beginning) for m in _manifests(path))


def _root(
  path: pathlib.Path, registry: model_specs.Registry
) -> pathlib.Path | None:
  """The output folder that an absolute path belongs to, or None.

  It is found from the folder of a task: a part of the path, or one at or below
  it. Folders above are not searched, as they may hold everything on the
  machine.
  """
  for task in (path, *path.parents):
    if _is_task(task, registry):
      return task.parents[_BEFORE_TASK]
  for depth in range(_BEFORE_TASK + 1):
    below = '*/' * (_BEFORE_TASK - depth)
    for name in versions.TASKS:
      if any(_is_task(task, registry) for task in path.glob(below + name)):
        return (path, *path.parents)[depth]
  return None


def _below(
  path: pathlib.Path, registry: model_specs.Registry
) -> tuple[pathlib.Path, tuple[model_specs.Handle, ...]]:
  """The output folder that a path belongs to, and the exports in the path."""
  path = path.resolve()
  root = _root(path, registry) if path.exists() else None
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
    UnknownNameError: A pattern matches no model.
  """
  if output_dir is not None:
    handles = folder.find_artifacts(output_dir, targets, formats, registry)
    return output_dir, handles
  (target,) = targets
  root, inside = _below(pathlib.Path(target).expanduser(), registry)
  of_formats = folder.find_artifacts(root, (), formats, registry)
  return root, tuple(handle for handle in of_formats if handle in inside)
