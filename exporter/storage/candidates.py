"""Finds the paths at which exports may lie, and tells whose they are."""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import re

from exporter import errors
from exporter.storage import export
from exporter.storage import manifest
from exporter.storage import places
from exporter.storage import search
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import spec_files
from model_specs import versions

_PARTS = 5  # Of a handle: PUBLISHER/DATASET/NAME/TASK/VERSION.
_NUMBER = re.compile('[0-9]+')
_PART = re.compile(manifest.PART)


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
        f'what it is, and {error} If it is an own model, export it again with '
        '--force and its --spec_file; if it is no export, move it away'
      ) from error
  if not described.model:
    return registry.get(name)
  path = f'{output_dir / stem}{kinds.MANIFEST}'
  model = spec_files.read_model(described.model, path)
  return model_specs.Registry([model]).get(name)


def _may_be_handle(parts: Sequence[str]) -> bool:
  """Whether the parts of a path may be those of a handle."""
  return parts[3] in versions.TASKS and bool(_NUMBER.fullmatch(parts[4]))


def _unconverted(found: search.Search, whole: bool) -> Iterator[Candidate]:
  """Finds artifacts that are no conversions, by their folder or manifest."""
  seen = {p.parts[-_PARTS:] for p in found.glob('*/*/*/*/*')}
  # Paths of variants have one more folder, which belongs to the name.
  for p in found.glob(f'*/*/*/{model_specs.VARIANT}/*/*'):
    publisher, dataset, name, variant, task, last = p.parts[-_PARTS - 1 :]
    seen.add((publisher, dataset, f'{name}/{variant}', task, last))
  for parts in {(*p[:-1], p[-1].removesuffix(kinds.MANIFEST)) for p in seen}:
    has_manifest = (*parts[:-1], f'{parts[-1]}{kinds.MANIFEST}') in seen
    if _may_be_handle(parts) and (has_manifest or not whole):
      yield Candidate(parts, '/'.join(parts))


def _converted(found: search.Search, whole: bool) -> Iterator[Candidate]:
  """Finds conversions, by their file or manifest."""
  inside: dict[tuple[str, ...], set[str]] = {}
  for path in found.glob('*/*/*/*/*.*/*'):
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


def _may_hold_some(folder: str) -> bool:
  """Whether the path of a folder may be where that of an export begins."""
  parts = folder.split('/')
  if parts[3:4] == [model_specs.VARIANT]:
    del parts[3]
  number, dot, group = ''.join(parts[4:]).partition('.')
  return (
    all(map(_PART.fullmatch, parts))
    and set(parts[3:4]) <= set(versions.TASKS)
    and (not dot or bool(kinds.of_group(group) and _NUMBER.fullmatch(number)))
  )


@dataclasses.dataclass(frozen=True)
class Paths:
  """The paths at which exports may lie."""

  candidates: tuple[Candidate, ...]  # Sorted by their stems.
  # Folders that may hold more of them, and that this user may not list.
  closed: dict[str, PermissionError]


def find_paths(output_dir: places.Folder, whole: bool) -> Paths:
  """The paths below a folder at which exports may lie.

  Args:
    output_dir: The folder.
    whole: Whether only those with a manifest are wanted.

  Raises:
    OSError: The folder itself cannot be listed, or a disk fails.
  """
  found = search.Search(output_dir)
  candidates = (*_unconverted(found, whole), *_converted(found, whole))
  return Paths(
    tuple(sorted(candidates, key=lambda each: each.stem)),
    {
      name: error
      for name, error in sorted(found.closed.items())
      if _may_hold_some(name)
    },
  )
