"""The names of the classes of models; of most, the 1001 classes of ImageNet."""

import csv
import functools
from importlib import resources
import pathlib

from model_specs import checks
from model_specs import outside
from model_specs import spec
from model_specs import versions

# The names are those of WordNet, whose licence is in NOTICE.
_FILE = 'imagenet_labels.tsv'
MOST_BYTES = 1 << 24  # Of a labels.txt; ImageNet's has 2**14.


@functools.cache
def _rows() -> tuple[dict[str, str], ...]:
  text = resources.files('model_specs').joinpath(_FILE).read_text('utf-8')
  table = [line for line in text.splitlines() if not line.startswith('#')]
  return tuple(csv.DictReader(table, delimiter='\t'))


@functools.cache
def imagenet() -> tuple[str, ...]:
  """The first name of every class, in the order of the logits.

  Class 0 is 'background'. Two names, 'crane' and 'maillot', occur twice, so a
  name does not identify a class.
  """
  return tuple(row['names'].split(', ')[0] for row in _rows())


@functools.cache
def synsets() -> tuple[str, ...]:
  """The WordNet id of every class, as ImageNet's folders; empty for class 0."""
  return tuple(row['synset'] for row in _rows())


def of(handle: spec.Handle) -> tuple[str, ...]:
  """The names of a handle's classes, in the order of its logits.

  Empty for feature vectors, and if nobody named the classes.
  """
  if handle.task != versions.CLASSIFICATION:
    return ()
  model = handle.spec
  if model.own and model.own.labels:
    return model.own.labels
  names, count = imagenet(), handle.num_outputs
  is_known = model.is_of_imagenet and count in (len(names) - 1, len(names))
  return names[-count:] if is_known else ()


def file_text(handle: spec.Handle) -> str:
  """The text of labels.txt: the names of a handle's classes, one a line.

  Raises:
    SpecError: A name is no line of its own, or there are more or fewer names
      than classes: whoever counts the lines would call classes by wrong names.
  """
  names = of(handle)
  for name in names:
    checks.check(
      bool(name.strip()) and outside.is_plain(name),
      f'{handle}: a class is called {name!r}, expected a text of one line, '
      'without invisible characters',
    )
  checks.check(
    len(names) == handle.num_outputs,
    f'{handle}: {len(names)} names, expected {handle.num_outputs}, the number '
    'of its classes',
  )
  return ''.join(f'{name}\n' for name in names)


def parse_file(data: bytes) -> tuple[str, ...]:
  """The names in the bytes of a labels.txt.

  Raises:
    UnicodeDecodeError: They are no text.
  """
  return tuple(data.decode('utf-8').removesuffix('\n').split('\n'))


def read_file(path: pathlib.Path) -> tuple[str, ...]:
  """The names in a labels.txt; none if there is no such file.

  Raises:
    OSError: It cannot be read.
    UnicodeDecodeError: It is no text.
  """
  try:
    return parse_file(outside.read_file(path, MOST_BYTES))
  except FileNotFoundError:
    return ()
