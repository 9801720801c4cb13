"""What one command uploads, to whichever place takes it."""

import abc
from collections.abc import Callable
from collections.abc import Hashable
from collections.abc import Iterable
from collections.abc import Iterator
import pathlib
import re

from exporter import cards
from exporter import errors
from exporter import storage
from exporter.publishing import content
import model_specs

# For the places that take uploads.
LAYOUTS = ('huggingface', 'kaggle', 'oci', 'onnx_zoo')

_UNTRAINED = 'UNTRAINED weights: what it answers means nothing'


class Upload(abc.ABC):
  """A folder that is uploaded whole."""

  def __init__(self, name: str, items: Iterable[storage.Item], note: str = ''):
    self.name = name  # Of the upload where it goes, and so of its folder here.
    self.items = tuple(items)
    self.is_untrained = is_untrained(self.items)
    notes = (note, _UNTRAINED if self.is_untrained else '')
    # What a person should know of it; mostly empty.
    self.note = '; '.join(filter(None, notes))

  @abc.abstractmethod
  def files(self) -> content.Files:
    """What the folder will hold.

    Raises:
      PublishError: The place that it is for would refuse it.
      ManifestError: Something of an export is not what it should be.
    """

  @abc.abstractmethod
  def commands(self, folder: pathlib.Path) -> tuple[str, ...]:
    """The command lines that upload the folder, to be pasted into a shell."""

  def concerns(self, name: str) -> bool:
    """Whether an export that cannot be used would have been part of it.

    Args:
      name: The path of the export, which is all that is known of it.
    """
    return name.startswith(f'{self.items[0].handle.folder}/')

  @property
  def bytes(self) -> int:
    """The size of the artifacts in it."""
    return sum(item.manifest.bytes for item in self.items)


def is_untrained(items: Iterable[storage.Item]) -> bool:
  """Whether the weights of some exports were never trained."""
  return any(cards.is_untrained(item.manifest) for item in items)


def grouped(
  items: Iterable[storage.Item], key: Callable[[storage.Item], Hashable]
) -> list[list[storage.Item]]:
  """The items with the same key, in the order in which they come."""
  groups: dict[Hashable, list[storage.Item]] = {}
  for item in items:
    groups.setdefault(key(item), []).append(item)
  return list(groups.values())


def newest(items: Iterable[storage.Item]) -> tuple[list[storage.Item], str]:
  """The newest export of each format, and a note on those that are left out.

  Hugging Face and Kaggle keep earlier versions as earlier uploads.
  """
  chosen: list[storage.Item] = []
  older: list[str] = []
  for group in grouped(items, lambda item: item.handle.kind.word):
    *before, last = sorted(group, key=lambda item: item.handle.number)
    chosen.append(last)
    older += [str(item.handle) for item in before]
  note = ''
  if older:
    note = (
      f'without {", ".join(older)}, of which newer versions are in it; to '
      'upload an older one, name it alone as PATTERN'
    )
  return chosen, note


def newest_of_each(
  items: Iterable[storage.Item],
) -> Iterator[tuple[storage.Item, str]]:
  """The newest export of each format of a model and task, and the note on it.

  Such a note tells of those that are left out, as that of `newest`.
  """
  for group in grouped(
    items, lambda item: (item.handle.folder, item.handle.kind.word)
  ):
    (item,), note = newest(group)
    yield item, note


def repository(handle: model_specs.Handle) -> str:
  """The name of what holds all versions and formats of a model for a task."""
  model = handle.spec
  name = f'{model.collection}-{model.name}' if model.own else model.name
  return f'{name}-{handle.task}'.replace('/', '-')


def check_name(name: str, pattern: re.Pattern[str], expected: str) -> None:
  """Raises a PublishError for a name that the place would refuse.

  Args:
    name: The name.
    pattern: What the place takes.
    expected: The same in words, which begin with the name of the place.
  """
  if not pattern.fullmatch(name):
    raise errors.PublishError(
      f'{name} cannot be the name of an upload: {expected}; export the model '
      'under another publisher or name, or give --account'
    )
