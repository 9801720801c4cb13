"""Chooses the exports to publish, and says which of them are missing."""

from collections.abc import Sequence

from exporter import errors
from exporter import how_to
from exporter import results
from exporter import storage
import model_specs
from model_specs import formats as formats_lib


def _command(
  handle: model_specs.Handle,
  folder: storage.Location,
  formats: Sequence[str] | None,
) -> str:
  """The command line that exports a handle."""
  own = handle.spec.own
  flags = [f'--formats={",".join(formats)}'] if formats else []
  return how_to.export(
    handle,
    *flags,
    f'--output_dir={folder}',
    spec_file=own.spec_file if own else '',
  )


def _lacking(
  pattern: str,
  folder: storage.Location,
  formats: Sequence[str] | None,
  registry: model_specs.Registry,
) -> list[results.Result]:
  """Failed results for the handles of a pattern, none of which is there.

  Raises:
    UnknownNameError: The pattern means only handles of other publishers.
  """
  meant = registry.find(pattern)
  if formats:
    origins = {each.origin for each in formats_lib.select(meant, formats)}
    meant = tuple(handle for handle in meant if handle in origins)
  as_formats = f' as {",".join(formats)}' if formats else ''
  return [
    results.Result(
      str(handle),
      results.FAILED,
      f'{pattern} is {handle}, which is not in {folder}{as_formats}; '
      f'`{_command(handle, folder, formats)}` makes it',
      error=errors.ManifestError,
    )
    for handle in meant
  ]


def choose(
  folder: storage.Location,
  patterns: Sequence[str],
  formats: Sequence[str] | None,
  registry: model_specs.Registry,
) -> storage.Found[storage.Item]:
  """The exports that patterns mean.

  Args:
    folder: The folder of exports.
    patterns: Patterns of handles, or aliases; without any, all exports.
    formats: Words of --formats, to choose only these; None chooses all.
    registry: The models that patterns may name.

  Returns:
    The exports, and failed results for those of them that cannot be used, and
    for the handles of each pattern of which nothing is there.

  Raises:
    ManifestError: There are no exports at all.
    UnknownNameError: A pattern means no model.
  """
  present = storage.items(folder)
  models = registry.extended(item.handle.spec for item in present.usable)
  chosen: set[model_specs.Handle] = set()
  left_out: dict[str, results.Result] = {}
  for wanted in [[pattern] for pattern in patterns] or [[]]:
    try:
      artifacts = storage.find_artifacts(folder, wanted, formats, models)
    except errors.ManifestError as error:
      if not wanted:
        raise
      try:
        lacking = _lacking(wanted[0], folder, formats, models)
      except model_specs.UnknownNameError:
        raise error from None
      left_out |= {each.name: each for each in lacking}
    else:
      chosen.update(artifacts.usable)
      left_out |= {each.name: each for each in artifacts.left_out}
  for word in formats or ():
    # What one pattern lacks, another may have.
    if any(formats_lib.is_of(handle, [word]) for handle in chosen):
      left_out.pop(f'--formats={word}', None)
  stems = {handle.stem for handle in chosen}
  left_out |= {e.name: e for e in present.left_out if e.name in stems}
  usable = tuple(item for item in present.usable if item.handle in chosen)
  return storage.Found(usable, tuple(left_out.values()))
