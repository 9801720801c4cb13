"""Finds the paths at which exports may lie, and tells whose they are."""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import re

from exporter import errors
from exporter.storage import export
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import spec_files
from model_specs import versions

_PARTS = 5  # Of a handle: PUBLISHER/DATASET/NAME/TASK/VERSION.
_NUMBER = re.compile('[0-9]+')


@dataclasses.dataclass(frozen=True)
class Candidate:
  """A path that an export may lie at."""

  parts: tuple[str, ...]  # The parts of the handle, between the slashes.
  stem: str  # The path of its manifest, without suffix.
  kind: kinds.Kind | None = None  # The format of a converted file.

  @property
  def name(self) -> str:
    """The handle or conversion as people write it, known or not."""
    if self.kind is None:
      return self.stem
    return f'{self.stem.rpartition("/")[0]}/{self.kind.file}'

  def handle(
    self, output_dir: places.Folder, registry: model_specs.Registry
  ) -> model_specs.Handle:
    """The handle or conversion whose path this is.

    Raises:
      ManifestError: The path is of an own model whose manifest cannot be used.
      SpecError: No model has such a handle.
    """
    name = '/'.join(self.parts)
    origin = model_specs.PUBLISHED.get(name) if self._is_published else None
    if origin is None:
      origin = _own_handle(name, self.stem, output_dir, registry)
    return formats.convert(origin, self.kind) if self.kind else origin

  @property
  def _is_published(self) -> bool:
    _, collection, name, *_ = self.parts
    return collection == model_specs.COLLECTION and model_specs.is_published(
      name
    )


def _own_handle(
  name: str,
  stem: str,
  output_dir: places.Folder,
  registry: model_specs.Registry,
) -> model_specs.Handle:
  """Reads the handle of an own model from its manifest, or its spec file."""
  described = export.read_manifest(output_dir, stem)
  if described is None:
    try:
      return registry.get(name)
    except model_specs.UnknownNameError as error:
      raise errors.ManifestError(
        f'{name} has no manifest {output_dir / stem}{kinds.MANIFEST} that says '
        f'what it is, and {error} If it is an own model, name its --spec_file; '
        'else move it away'
      ) from error
  if not described.model:
    return registry.get(name)
  path = f'{output_dir / stem}{kinds.MANIFEST}'
  model = spec_files.read_model(described.model, path)
  return model_specs.Registry([model]).get(name)


def _may_be_handle(parts: Sequence[str]) -> bool:
  """Whether the parts of a path may be those of a handle."""
  return parts[3] in versions.TASKS and bool(_NUMBER.fullmatch(parts[4]))


def _unconverted(output_dir: places.Folder, whole: bool) -> Iterator[Candidate]:
  """Finds artifacts that are no conversions, by their folder or manifest."""
  all_parts = {
    (*p.parts[-_PARTS:-1], p.name.removesuffix(kinds.MANIFEST))
    for p in output_dir.glob('*/*/*/*/*')
  }
  # Paths of variants have one more folder, which belongs to the name.
  for p in output_dir.glob(f'*/*/*/{model_specs.VARIANT}/*/*'):
    publisher, dataset, name, variant, task = p.parts[-_PARTS - 1 : -1]
    number = p.name.removesuffix(kinds.MANIFEST)
    all_parts.add((publisher, dataset, f'{name}/{variant}', task, number))
  for parts in all_parts:
    stem = '/'.join(parts)
    manifest = output_dir / f'{stem}{kinds.MANIFEST}'
    if _may_be_handle(parts) and (not whole or manifest.exists()):
      yield Candidate(parts, stem)


def _converted(output_dir: places.Folder, whole: bool) -> Iterator[Candidate]:
  """Finds conversions, by their file or manifest."""
  inside: dict[tuple[str, ...], set[str]] = {}
  for path in output_dir.glob('*/*/*/*/*.*/*'):
    folders = tuple(path.parts[-_PARTS - 1 : -1])
    inside.setdefault(folders, set()).add(path.name)
  for folders, names in inside.items():
    number, _, group = folders[4].partition('.')
    parts = (*folders[:4], number)
    for kind in kinds.of_group(group) if _may_be_handle(parts) else ():
      if f'{kind.stem}{kinds.MANIFEST}' in names or (
        not whole and kind.file in names
      ):
        yield Candidate(parts, f'{"/".join(folders)}/{kind.stem}', kind)


def find_paths(output_dir: places.Folder, whole: bool) -> list[Candidate]:
  """The paths below a folder at which exports may lie, sorted.

  Args:
    output_dir: The folder.
    whole: Whether only those with a manifest are wanted.
  """
  candidates = (
    *_unconverted(output_dir, whole),
    *_converted(output_dir, whole),
  )
  return sorted(candidates, key=lambda each: each.stem)
