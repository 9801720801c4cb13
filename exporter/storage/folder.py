"""Finds the artifacts in an export folder, and their manifests."""

from collections.abc import Sequence
import contextlib
import dataclasses
import fnmatch
import itertools
import re
from typing import Generic
from typing import TypeVar

from exporter import errors
from exporter import results
from exporter.storage import candidates
from exporter.storage import export
from exporter.storage import left_out as left_out_lib
from exporter.storage import locations
from exporter.storage import manifest as manifest_lib
from exporter.storage import origins
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


def _present(
  output_dir: places.Folder, registry: model_specs.Registry
) -> Found[model_specs.Handle]:
  """All that lies below a folder, sorted."""
  usable = []
  with places.reach(output_dir):
    paths = candidates.find_paths(output_dir, whole=False)
    left_out = list(
      itertools.starmap(left_out_lib.leave_out_folder, paths.closed.items())
    )
    for candidate in paths.candidates:
      try:
        usable.append(candidate.handle(output_dir, registry))
      except _BAD as error:
        left_out.append(left_out_lib.leave_out(candidate.stem, error))
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


def of_formats(
  found: Found[model_specs.Handle], given: Sequence[str] | None
) -> Found[model_specs.Handle]:
  """What is of some formats.

  Args:
    found: The handles to choose from.
    given: Words of --formats; None takes all formats.

  Returns:
    The handles of these formats, and a failed result for each word of which
    there are none, if there are any of the others and nothing else is wrong.
  """
  if given is None:
    return found
  usable = tuple(h for h in found.usable if formats.is_of(h, given))
  if found.left_out or not usable:
    return Found(usable, found.left_out)
  lacking = (
    left_out_lib.leave_out_request(f'--formats={word}')
    for word in given
    if not any(formats.is_of(handle, [word]) for handle in usable)
  )
  return Found(usable, tuple(lacking))


def _matching(
  present: Found[model_specs.Handle],
  patterns: Sequence[str],
  given: Sequence[str] | None,
  registry: model_specs.Registry,
) -> Found[model_specs.Handle]:
  """What matches one of the patterns, and is of some formats."""
  models = registry.extended(handle.spec for handle in present.usable)
  left_out = tuple(
    each
    for each in present.left_out
    if any(_concerns(pattern, each.name, models) for pattern in patterns)
  )
  wanted: set[model_specs.Handle] = set()
  unmatched = []
  for pattern in patterns:
    is_left_out = any(
      _concerns(pattern, each.name, models) for each in left_out
    )
    matching: Sequence[model_specs.Handle] = ()
    try:
      matching = [
        handle
        for handle in models.select(pattern, present.usable)
        if given is None or formats.is_of(handle, given)
      ]
    except model_specs.UnknownNameError:
      if not is_left_out:
        raise
    wanted.update(matching)
    if not matching and not is_left_out:
      limit = f' of --formats={",".join(given)}' if given else ''
      unmatched.append(left_out_lib.leave_out_request(pattern, limit))
  usable = tuple(h for h in present.usable if h in wanted)
  # If nothing at all matches, the caller says more of it.
  return Found(usable, (*left_out, *unmatched) if usable or left_out else ())


def find_artifacts(
  output_dir: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
) -> Found[model_specs.Handle]:
  """The handles and conversions that lie below a folder, sorted.

  Own models are described by the manifests of their exports.

  Args:
    output_dir: The export folder.
    patterns: Patterns of handles, to find only what matches one of them.
    given: Words of --formats, to find only these formats.
    registry: Describes own models whose exports have no manifest.

  Returns:
    The handles and conversions, and a failed result for whatever lies at the
    path of an export and is no export, for each folder that may hold some and
    cannot be listed, and for each pattern or format of which nothing is there.
    There is at least one handle or result.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches no model.
    OSError: The folder itself cannot be listed.
  """
  output_dir = locations.to_folder(output_dir)
  present = _present(output_dir, registry)
  chosen = present
  if patterns:
    chosen = _matching(present, patterns, given, registry)
  chosen = of_formats(chosen, given)
  if not chosen.usable and not chosen.left_out:
    asked = f' that matches {" ".join(patterns)}' if patterns else ''
    if given is not None:
      asked += f' of --formats={",".join(given)}'
    raise left_out_lib.nothing(output_dir, asked, len(present.usable))
  return chosen


def _check_origin(item: Item, before: Item | None) -> None:
  """Makes sure that a converted file is of the artifact beside it, if any.

  Args:
    item: The file, or an artifact that was not converted.
    before: The last artifact before it that was not converted, which spares
      reading its manifest again.

  Raises:
    ManifestError: One of the two was exported again, of other weights or by
      another spec.
  """

  def read(stem: str) -> manifest_lib.Manifest | None:
    if before and before.handle.stem == stem:
      return before.manifest
    return export.read_manifest(item.root, stem)

  origins.check_origin(item.manifest, read)


def _item(folder: places.Folder, handle: model_specs.Handle) -> Item | None:
  """The artifact of a handle; None if it was removed meanwhile.

  Raises:
    ManifestError: The manifest cannot be used, or is all that there is, or is
      what the artifact lacks.
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
    if not place.artifact.exists():
      return None
  raise errors.ManifestError(
    f'{place.artifact} has no manifest {place.manifest.name} beside it: an '
    'export is at work, or was killed, or the file was lost; export the '
    'version again with --force'
  )


def items(
  folder: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
) -> Found[Item]:
  """The artifacts below an export folder that were delivered whole.

  The manifest of an artifact is delivered last, so an artifact without one is
  not whole, or has lost it.

  Args:
    folder: The export folder.
    patterns: Patterns of handles, to find only what matches one of them.
    given: Words of --formats, to find only these formats.
    registry: Describes own models whose manifests do not.

  Returns:
    The artifacts with their manifests, sorted by handle, and failed results for
    those without a manifest that can be used, for converted files that are of
    another model than the artifact beside them, and for folders that cannot be
    listed.

  Raises:
    ManifestError: There are none.
    UnknownNameError: A pattern matches no model.
    OSError: The folder itself cannot be listed.
  """
  folder = locations.to_folder(folder)
  present = find_artifacts(folder, patterns, given, registry)
  whole: list[Item] = []
  left_out = list(present.left_out)
  origin: Item | None = None
  for handle in present.usable:
    try:
      if item := _item(folder, handle):
        _check_origin(item, origin)
        whole.append(item)
        if handle == handle.origin:
          origin = item
    except _BAD as error:
      left_out.append(left_out_lib.leave_out(handle.stem, error))
  return Found(tuple(whole), tuple(left_out))
