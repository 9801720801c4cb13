"""Exports as a command line names them: by handle, or by their place."""

from collections.abc import Sequence
import pathlib

from exporter import errors
from exporter.storage import folder
from exporter.storage import places
import model_specs
from model_specs import versions

_BEFORE_TASK = 3  # Parts of a handle: PUBLISHER/DATASET/NAME.


def _root(path: pathlib.Path) -> pathlib.Path | None:
  """The root of the exports that a path is part of, by the path alone.

  Nothing is looked for above the path: that may be the whole machine.
  """
  tasks = [at for at, part in enumerate(path.parts) if part in versions.TASKS]
  if tasks:
    parts = path.parts[: tasks[-1]]
    return pathlib.Path(*parts[:-_BEFORE_TASK])
  for depth in range(_BEFORE_TASK + 1):
    below = '*/' * (_BEFORE_TASK - depth)
    if any(any(path.glob(below + task)) for task in versions.TASKS):
      return pathlib.Path(*path.parts[: len(path.parts) - depth])
  return None


def _below(
  path: pathlib.Path, registry: model_specs.Registry
) -> tuple[pathlib.Path, tuple[model_specs.Handle, ...]]:
  """The root of the exports that a path is part of, and those in the path."""
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
  """The exports that are meant.

  Args:
    targets: Patterns, if there is an output_dir; else one path.
    output_dir: Where exports are, if that is known.
    formats: Words of --formats, if not all.
    registry: What is known of own models whose exports have no manifest.

  Returns:
    Where exports are, and the handles, sorted.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches no model.
  """
  if output_dir is not None:
    found = folder.find_artifacts(output_dir, targets, formats, registry)
    return output_dir, found
  (target,) = targets
  root, inside = _below(pathlib.Path(target).expanduser(), registry)
  wanted = folder.find_artifacts(root, (), formats, registry)
  return root, tuple(handle for handle in wanted if handle in inside)
