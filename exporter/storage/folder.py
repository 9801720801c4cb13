"""Finds the artifacts in an export folder, and their manifests."""

from collections.abc import Sequence
import contextlib
import dataclasses
import fnmatch
import functools
import itertools
import pathlib
import re
from typing import Generic
from typing import TypeVar

from exporter import errors
from exporter import faults
from exporter import results
from exporter.storage import candidates
from exporter.storage import export
from exporter.storage import locations
from exporter.storage import places
import model_specs
from model_specs import formats

# The errors that concern a single export, and not the whole folder.
_BAD = (
  errors.ManifestError,
  model_specs.SpecError,
  PermissionError,
)
# The path of a conversion; its first group is that of its origin.
_CONVERTED = re.compile(r'(/[0-9]+)\.[^/]+(/[^/]+)?$')
_T_co = TypeVar('_T_co', covariant=True)


@dataclasses.dataclass(frozen=True)
class Item(export.Export):
  """An artifact that was delivered whole, and the handle that it is."""

  handle: model_specs.Handle

  @property
  def place(self) -> places.Place[places.Folder]:
    """Where the artifact, its manifest and its card are."""
    return places.place(self.root, self.handle)


@dataclasses.dataclass(frozen=True)
class Found(Generic[_T_co]):
  """What lies below an export folder, and what of it cannot be used."""

  usable: tuple[_T_co, ...]
  # A failed result for each export that is not what it should be, so that one
  # bad export neither stops the others nor goes unnoticed.
  left_out: tuple[results.Result, ...] = ()


def leave_out(name: str, error: Exception) -> results.Result:
  """The failed result for an export that cannot be used.

  Where this user lacks the rights to read it, nothing is said of the export.
  """
  failed = functools.partial(results.Result, name, results.FAILED)
  if isinstance(error, OSError) and (advice := faults.of_machine(error)):
    reason = f'{name} cannot be read: {error}; {advice}'
    return failed(reason, error=errors.MachineError)
  reason = str(error)
  if isinstance(error, model_specs.SpecError | OSError):
    reason = f'{name} cannot be used: {error}; export it again, or move it away'
  return failed(reason, error=errors.ManifestError)


def _leave_out_folder(path: str, error: PermissionError) -> results.Result:
  """The failed result for all exports that a folder may hold."""
  reason = (
    f'{error.filename} cannot be listed ({error.strerror}), so that nobody '
    'knows which exports it holds; make it readable for you, as chmod u+rx '
    'does for a folder of your own, then run the command again'
  )
  return results.Result(path, results.FAILED, reason, error=errors.MachineError)


def _present(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Found[model_specs.Handle]:
  """All that lies below a folder, sorted."""
  usable = []
  with places.reach(output_dir):
    paths = candidates.find_paths(output_dir, whole)
    left_out = list(itertools.starmap(_leave_out_folder, paths.closed.items()))
    for candidate in paths.candidates:
      try:
        usable.append(candidate.handle(output_dir, registry))
      except _BAD as error:
        left_out.append(leave_out(candidate.stem, error))
  return Found(tuple(sorted(usable, key=str)), tuple(left_out))


def _concerns(pattern: str, name: str, registry: model_specs.Registry) -> bool:
  """Whether a pattern may mean what lies at, or below, a path.

  Args:
    pattern: The pattern, or an alias.
    name: The path of an export that cannot be used, or of a folder that cannot
      be listed.
    registry: The models that are known.
  """
  origin = _CONVERTED.sub(r'\1', name)
  wanted, parts = pattern.split('/'), origin.split('/')
  # It begins with a publisher, a data set or a name.
  if any(
    all(map(fnmatch.fnmatchcase, parts[start:], wanted)) for start in range(3)
  ):
    return True
  possible = (
    handle
    for model in registry.models
    for handle in model.handles(tuple(model.promises))
    if f'{handle}/'.startswith(f'{origin}/')
  )
  with contextlib.suppress(model_specs.UnknownNameError):
    return bool(registry.select(pattern, possible))
  return False


def _matching(
  present: Found[model_specs.Handle],
  patterns: Sequence[str],
  registry: model_specs.Registry,
) -> Found[model_specs.Handle]:
  """What matches one of the patterns."""
  models = registry.extended(handle.spec for handle in present.usable)
  left_out = tuple(
    each
    for each in present.left_out
    if any(_concerns(pattern, each.name, models) for pattern in patterns)
  )
  wanted: set[model_specs.Handle] = set()
  for pattern in patterns:
    try:
      wanted.update(models.select(pattern, present.usable))
    except model_specs.UnknownNameError:
      if not any(_concerns(pattern, each.name, models) for each in left_out):
        raise
  return Found(tuple(h for h in present.usable if h in wanted), left_out)


def _state(output_dir: places.Folder, count: int) -> str:
  """What is below a folder in which nothing was found, in words."""
  if isinstance(output_dir, pathlib.Path) and not output_dir.is_dir():
    state = 'is a file' if output_dir.exists() else 'does not exist'
    return f'{output_dir} {state}'
  return f'found {count} exports there'


def find_artifacts(
  output_dir: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  whole: bool = False,
) -> Found[model_specs.Handle]:
  """The handles and conversions that lie below a folder, sorted.

  Own models are described by the manifests of their exports.

  Args:
    output_dir: The export folder.
    patterns: Patterns of handles, to find only what matches one of them.
    given: Words of --formats, to find only these formats.
    registry: Describes own models whose exports have no manifest.
    whole: Whether artifacts without a manifest are left out.

  Returns:
    The handles and conversions, and a failed result for whatever lies at the
    path of an export and is no export, and for each folder that may hold some
    and cannot be listed. There is at least one handle or result.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches no model.
    OSError: The folder itself cannot be listed.
  """
  output_dir = locations.to_folder(output_dir)
  present = _present(output_dir, registry, whole)
  chosen = _matching(present, patterns, registry) if patterns else present
  if given is not None:
    handles = (h for h in chosen.usable if formats.is_of(h, given))
    chosen = Found(tuple(handles), chosen.left_out)
  if not chosen.usable and not chosen.left_out:
    what = ' '.join(patterns) or 'PUBLISHER/DATASET/NAME/TASK/VERSION'
    if given is not None:
      what += f' --formats={",".join(given)}'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; '
      f'{_state(output_dir, len(present.usable))}; name the --output_dir of an '
      'export'
    )
  return chosen


def _item(folder: places.Folder, handle: model_specs.Handle) -> Item | None:
  """The artifact of a handle; None if a power cut emptied its manifest.

  Raises:
    ManifestError: The manifest cannot be used, or is all that there is.
  """
  with places.reach(folder):
    delivered = export.find_export(folder, handle.stem)
    if delivered:
      return Item(folder, delivered.manifest, handle)
    place = places.place(folder, handle)
    if export.read_manifest(folder, handle.stem):
      raise errors.ManifestError(
        f'{place.manifest} is there, and {place.artifact}, which it describes, '
        'is not; export the version again with --force, or remove the manifest'
      )
  return None


def items(
  folder: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
) -> Found[Item]:
  """The artifacts below an export folder that were delivered whole.

  The manifest of an artifact is delivered last, so an artifact without one is
  not whole.

  Args:
    folder: The export folder.
    patterns: Patterns of handles, to find only what matches one of them.
    given: Words of --formats, to find only these formats.
    registry: Describes own models whose manifests do not.

  Returns:
    The artifacts with their manifests, sorted by handle, and failed results for
    those whose manifests cannot be used, and for folders that cannot be listed.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches no model.
    OSError: The folder itself cannot be listed.
  """
  folder = locations.to_folder(folder)
  present = find_artifacts(folder, patterns, given, registry, whole=True)
  whole, left_out = [], list(present.left_out)
  for handle in present.usable:
    try:
      if item := _item(folder, handle):
        whole.append(item)
    except _BAD as error:
      left_out.append(leave_out(handle.stem, error))
  return Found(tuple(whole), tuple(left_out))
