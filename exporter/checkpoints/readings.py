"""What is known of a checkpoint's weights once it was read, by its bytes.

To read a checkpoint takes TensorFlow, and the network that its tensors must
fit. What was found is written down together with all that it follows from. So
the same bytes need not be read again to know whose weights they are.
"""

from collections.abc import Iterator
import dataclasses
import functools
import pathlib
from typing import TypeAlias

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.checkpoints import archive
from exporter.checkpoints import prefixes
from exporter.checkpoints import weights as weights_lib
from exporter.checkpoints.fetch import checksums
import model_specs
from model_specs import checksums as checksums_lib

_CODE = ('checkpoints', 'networks')  # The packages that take part in a reading.

Causes: TypeAlias = tuple[object, ...]


@dataclasses.dataclass(frozen=True)
class Reading:
  """What an export that is already in place must be compared with."""

  weights: storage.Weights
  has_classifier: bool


def _content(path: pathlib.Path) -> str:
  """The hash of a file, or what is there instead."""
  if not path.is_file():
    return 'no file' if path.exists() else 'nothing'
  return storage.sha256(path)


@functools.cache
def _code() -> tuple[Causes, ...]:
  """The modules that read; changed ones may find other tensors in the bytes."""
  package = pathlib.Path(__file__).parents[1]
  return tuple(
    (f'{folder}/{path.name}', _content(path))
    for folder in _CODE
    for path in sorted((package / folder).glob('*.py'))
  )


def _in_folder(folder: pathlib.Path) -> Iterator[Causes]:
  """All names in a folder, with the bytes of what may hold weights."""
  for path in sorted(folder.iterdir()):
    is_read = (
      path.name == prefixes.STATE
      or prefixes.split(path.name) is not None
      or prefixes.is_old(path)
    )
    yield str(path), _content(path) if is_read else ''


def _at_prefix(prefix: pathlib.Path) -> Iterator[Causes]:
  """What begins with a prefix, and the frozen graph beside it."""
  if not prefix.parent.is_dir():
    return
  whole = (prefix.name, *prefixes.frozen_names(prefix.name))
  for path in sorted(prefix.parent.iterdir()):
    part = prefixes.split(path.name)
    if path.name in whole or (part is not None and part[0] == prefix.name):
      yield str(path), _content(path)
    elif path.name.startswith(prefix.name):
      yield str(path), ''


def _of_own(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> Iterator[Causes]:
  for named in dict.fromkeys(prefixes.of_own(folder, model)):
    path = prefixes.of_state(named)
    if path.is_dir():
      yield from _in_folder(path)
    else:
      yield from _at_prefix(prefixes.of(path) or path)


def _of_published(
  folder: pathlib.Path, model: model_specs.ModelSpec
) -> Iterator[Causes]:
  yield 'known', str(checksums.known(model.archive_url))
  beside = checksums.read(folder / checksums_lib.FILE)
  yield 'beside', str(beside.get(model.archive_url))
  for prefix in archive.unpacked(folder, model):
    yield from _at_prefix(prefix)
  for path in archive.places(folder, model):
    yield str(path), _content(path)


def causes(
  model: model_specs.ModelSpec,
  folder: pathlib.Path | None,
  weights: weights_lib.WeightsChoice,
) -> Causes | None:
  """All that a reading of weights follows from, without TensorFlow.

  It is more than is read: the bytes of each file that may be the checkpoint,
  wherever it is looked for.

  Args:
    model: The model whose weights are read.
    folder: Where checkpoints are; None for synthetic weights.
    weights: Which of the checkpoint's.

  Returns:
    What `storage.read_memo` finds a Reading by; None if it cannot be told, as
    where a file cannot be read.
  """
  try:
    files: tuple[Causes, ...] = ()
    if folder is not None:
      of_model = _of_own if model.own else _of_published
      files = tuple(of_model(folder, model))
    libraries = tuple(environment.libraries().items())
    return (repr(model), weights, libraries, _code(), files)
  except (OSError, errors.SlimhubError, model_specs.SpecError):
    return None
