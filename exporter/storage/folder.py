"""Finds the artifacts in an export folder, and their manifests."""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses

from exporter import errors
from exporter.storage import locations
from exporter.storage import manifest as manifest_lib
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import spec_files
from model_specs import versions


@dataclasses.dataclass(frozen=True)
class Item:
  """An artifact that was delivered whole, and so has a manifest."""

  handle: model_specs.Handle
  place: places.Place[places.Folder]
  manifest: manifest_lib.Manifest


def _own_handle(
  name: str, manifest: places.Folder, registry: model_specs.Registry
) -> model_specs.Handle:
  """Reads the handle of an own model from its manifest, or its spec file."""
  if not manifest.exists():
    try:
      return registry.get(name)
    except model_specs.UnknownNameError as error:
      raise errors.ManifestError(
        f'{name} has no manifest {manifest} that says what it is, and {error} '
        'If it is an own model, name its --spec_file; else move it away'
      ) from error
  described = manifest_lib.read_manifest(manifest)
  if not described.model:
    return registry.get(name)
  model = spec_files.read_model(described.model, str(manifest))
  return model_specs.Registry([model]).get(name)


def _may_be_handle(parts: Sequence[str]) -> bool:
  """Whether the parts of a path may be those of a handle.

  The parts are PUBLISHER, DATASET, NAME, TASK and VERSION.
  """
  number = parts[4]
  is_number = number.isascii() and number.isdecimal()
  return parts[3] in versions.TASKS and is_number


def _handle(
  parts: Sequence[str], manifest: places.Folder, registry: model_specs.Registry
) -> model_specs.Handle:
  name = '/'.join(parts)
  if parts[1] == model_specs.COLLECTION and model_specs.is_published(parts[2]):
    return model_specs.get(name)
  return _own_handle(name, manifest, registry)


def _unconverted(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[model_specs.Handle]:
  """Finds artifacts that are no conversions, by their folder or manifest."""
  paths = output_dir.glob('*/*/*/*/*')
  for parts in {(*p.parts[-5:-1], p.name.removesuffix('.json')) for p in paths}:
    manifest = output_dir / f'{"/".join(parts)}.json'
    if _may_be_handle(parts) and (not whole or manifest.exists()):
      yield _handle(parts, manifest, registry)


def _converted(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[model_specs.Handle]:
  """Finds conversions, by their file or manifest."""
  inside: dict[tuple[str, ...], set[str]] = {}
  for path in output_dir.glob('*/*/*/*/*.*/*'):
    inside.setdefault(tuple(path.parts[-6:-1]), set()).add(path.name)
  for folders, names in inside.items():
    number, _, group = folders[4].partition('.')
    parts = (*folders[:4], number)
    for kind in kinds.of_group(group) if _may_be_handle(parts) else ():
      manifest_name = f'{kind.stem}{kinds.MANIFEST}'
      if manifest_name in names or (not whole and kind.file in names):
        manifest = output_dir / '/'.join(folders) / manifest_name
        yield formats.convert(_handle(parts, manifest, registry), kind)


def find_artifacts(
  output_dir: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  whole: bool = False,
) -> tuple[model_specs.Handle, ...]:
  """The handles and conversions that lie below a folder, sorted.

  Own models are described by the manifests of their exports.

  Args:
    output_dir: The export folder.
    patterns: Patterns of handles, to find only what matches one of them.
    given: Words of --formats, to find only these formats.
    registry: Describes own models whose exports have no manifest.
    whole: Whether artifacts without a manifest are left out.

  Returns:
    The handles and conversions; there is at least one.

  Raises:
    ManifestError: There are none, or an export has neither a manifest nor a
      model in the registry.
    UnknownNameError: A pattern matches no model.
  """
  output_dir = locations.to_folder(output_dir)
  with places.reach(output_dir):
    present = sorted(
      (
        *_unconverted(output_dir, registry, whole),
        *_converted(output_dir, registry, whole),
      ),
      key=str,
    )
  chosen = present
  if patterns:
    known = registry.extended(handle.spec for handle in present)
    wanted = {h for text in patterns for h in known.select(text, present)}
    chosen = [handle for handle in present if handle in wanted]
  if given is not None:
    chosen = [handle for handle in chosen if formats.is_of(handle, given)]
  if not chosen:
    what = ' '.join(patterns) or 'PUBLISHER/DATASET/NAME/TASK/VERSION'
    if given is not None:
      what += f' --formats={",".join(given)}'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; found {len(present)} '
      'exports there; name the --output_dir of an export'
    )
  return tuple(chosen)


def items(folder: locations.Location) -> tuple[Item, ...]:
  """The artifacts below an export folder that were delivered whole.

  The manifest of an artifact is delivered last, so an artifact without one is
  not whole.

  Args:
    folder: The export folder.

  Returns:
    The artifacts with their manifests, sorted by handle.

  Raises:
    ManifestError: There are none, or a manifest cannot be read.
  """
  folder = locations.to_folder(folder)
  whole = []
  for handle in find_artifacts(folder, whole=True):
    place = places.place(folder, handle)
    with places.reach(place.manifest):
      if manifest_lib.is_there(place.manifest) and place.artifact.exists():
        whole.append(
          Item(handle, place, manifest_lib.read_manifest(place.manifest))
        )
  return tuple(whole)
