"""Exports as a command line names them: by handle, or by their place."""

from collections.abc import Sequence
import pathlib

from exporter import errors
from exporter import places
from exporter import plan
from model_specs import spec

_DEEPEST = 6  # Folders between the root of exports and a converted file.


def _below(path: pathlib.Path) -> tuple[pathlib.Path, tuple[spec.Handle, ...]]:
  """The root of the exports that a path is part of, and those in the path."""
  path = path.resolve()
  for root in (path, *path.parents[:_DEEPEST]):
    try:
      found = plan.find_artifacts(root)
    except errors.ManifestError:
      continue
    inside = [
      handle
      for handle in found
      if path in (root / str(handle), *(root / str(handle)).parents)
    ]
    if inside:
      return root, tuple(inside)
  raise errors.ManifestError(
    f'{path} is no export of slimhub and holds none; name the folder or the '
    'file of an export, its --output_dir, or a handle with --output_dir=DIR'
  )


def find(
  targets: Sequence[str],
  output_dir: places.Folder | None,
  formats: Sequence[str] | None = None,
) -> tuple[places.Folder, tuple[spec.Handle, ...]]:
  """The exports that are meant.

  Args:
    targets: Patterns, if there is an output_dir; else one path.
    output_dir: Where exports are, if that is known.
    formats: Words of --formats, if not all.

  Returns:
    Where exports are, and the handles, sorted.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches nothing that was ever published.
  """
  if output_dir is not None:
    return output_dir, plan.find_artifacts(output_dir, targets, formats)
  (target,) = targets
  root, inside = _below(pathlib.Path(target).expanduser())
  wanted = plan.find_artifacts(root, (), formats)
  return root, tuple(handle for handle in wanted if handle in inside)
