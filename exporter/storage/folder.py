"""What an export folder holds: its whole artifacts, each with its manifest."""

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
  """An artifact that was delivered whole."""

  handle: model_specs.Handle
  place: places.Place[places.Folder]
  manifest: manifest_lib.Manifest


def _stranger(
  name: str, manifest: places.Folder, registry: model_specs.Registry
) -> model_specs.Handle:
  """The handle of an own model, as its manifest or else its spec file says."""
  if not manifest.exists():
    try:
      return registry.get(name)
    except model_specs.UnknownNameError as error:
      raise errors.ManifestError(
        f'{name} has no manifest {manifest} that says what it is, and {error} '
        'If it is an own model, name its --spec_file; else move it away'
      ) from error
  made = manifest_lib.read_manifest(manifest)
  if not made.model:
    return registry.get(name)
  model = spec_files.read_model(made.model, str(manifest))
  return model_specs.Registry([model]).get(name)


def _is_ours(parts: Sequence[str]) -> bool:
  """Whether the parts of a path may be those of a handle."""
  return parts[3] in versions.TASKS and parts[4].isdecimal()


def _handle(
  parts: Sequence[str], manifest: places.Folder, registry: model_specs.Registry
) -> model_specs.Handle:
  name = '/'.join(parts)
  if parts[1] == model_specs.COLLECTION and model_specs.is_published(parts[2]):
    return model_specs.get(name)
  return _stranger(name, manifest, registry)


def _published(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[model_specs.Handle]:
  """The handles that have a folder or a manifest."""
  found = output_dir.glob('*/*/*/*/*')
  for parts in {(*p.parts[-5:-1], p.name.removesuffix('.json')) for p in found}:
    manifest = output_dir / f'{"/".join(parts)}.json'
    if _is_ours(parts) and (not whole or manifest.exists()):
      yield _handle(parts, manifest, registry)


def _converted(
  output_dir: places.Folder, registry: model_specs.Registry, whole: bool
) -> Iterator[model_specs.Handle]:
  """The conversions that have a file or a manifest."""
  inside: dict[tuple[str, ...], set[str]] = {}
  for path in output_dir.glob('*/*/*/*/*.*/*'):
    inside.setdefault(tuple(path.parts[-6:-1]), set()).add(path.name)
  for folders, names in inside.items():
    number, _, group = folders[4].partition('.')
    parts = (*folders[:4], number)
    for kind in kinds.of_group(group) if _is_ours(parts) else ():
      described = f'{kind.stem}{kinds.MANIFEST}'
      if described in names or (not whole and kind.file in names):
        manifest = output_dir / '/'.join(folders) / described
        yield formats.convert(_handle(parts, manifest, registry), kind)


def find_artifacts(
  output_dir: locations.Location,
  patterns: Sequence[str] = (),
  given: Sequence[str] | None = None,
  registry: model_specs.Registry = model_specs.PUBLISHED,
  whole: bool = False,
) -> tuple[model_specs.Handle, ...]:
  """The handles and conversions that lie below a folder, sorted.

  What an export of an own model is, its manifest says.

  Args:
    output_dir: The folder.
    patterns: What must match one of these, if there are any.
    given: Words of --formats, if not all.
    registry: What is known of own models whose exports have no manifest.
    whole: Whether what has no manifest is left out.

  Returns:
    What was found.

  Raises:
    ManifestError: There are none that a pattern matches, or nothing says what
      one is.
    UnknownNameError: A pattern matches no model.
  """
  output_dir = locations.to_folder(output_dir)
  with places.reach(output_dir):
    present = sorted(
      (
        *_published(output_dir, registry, whole),
        *_converted(output_dir, registry, whole),
      ),
      key=str,
    )
  found = present
  if patterns:
    known = registry.extended(handle.spec for handle in present)
    wanted = {h for text in patterns for h in known.select(text, present)}
    found = [handle for handle in present if handle in wanted]
  if given is not None:
    found = [handle for handle in found if formats.is_of(handle, given)]
  if not found:
    what = ' '.join(patterns) or 'PUBLISHER/DATASET/NAME/TASK/VERSION'
    if given is not None:
      what += f' --formats={",".join(given)}'
    raise errors.ManifestError(
      f'nothing below {output_dir} matches {what}; found {len(present)} '
      'exports there; name the --output_dir of an export'
    )
  return tuple(found)


def items(folder: locations.Location) -> tuple[Item, ...]:
  """The whole artifacts below a folder, sorted by handle.

  A manifest is delivered last: what has none is not whole, and left out.

  Args:
    folder: Of an export.

  Returns:
    Each with its manifest.

  Raises:
    ManifestError: Nothing was exported there, or a manifest cannot be read.
  """
  folder = locations.to_folder(folder)
  found = []
  for handle in find_artifacts(folder, whole=True):
    place = places.place(folder, handle)
    with places.reach(place.manifest):
      if manifest_lib.is_there(place.manifest) and place.artifact.exists():
        found.append(
          Item(handle, place, manifest_lib.read_manifest(place.manifest))
        )
  return tuple(found)
