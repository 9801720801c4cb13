"""Turns a table of a spec file into the spec of a model."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import os
import pathlib
import re
from typing import Any

from model_specs import checks
from model_specs import family as family_lib
from model_specs import figures
from model_specs import outside
from model_specs import own
from model_specs import published
from model_specs import spec
from model_specs import versions
from model_specs.spec_files import numbering
from model_specs.spec_files import text as text_lib

_TF1, _TF2 = versions.CURRENT  # The versions whose promises own models keep.
# As TF-Slim writes files of labels.
_NUMBERED = re.compile('([0-9]{1,9}):(.*)')
_MOST_BYTES = 2**24  # Of a file of labels.
_BACKGROUND = 'background'
# Keys that name files. Whoever uses an export does not have these files.
_OF_EXPORTS = ('checkpoint', 'label_file')


class _ProblemError(Exception):
  """Says what is wrong with one key."""


def _find(folder: pathlib.Path | None, name: str) -> pathlib.Path:
  """The path of a file of labels; raises a _ProblemError if it leads astray.

  A spec file may be somebody else's. Whatever it names goes into exports, so
  that it must lie beside it.
  """
  if folder is None:
    raise _ProblemError(
      f'label_file is {name!r}, expected labels: only a spec file has files '
      'beside it'
    )
  path = folder / name
  real = pathlib.Path(os.path.realpath(path))  # No link leads out, either.
  if not real.is_relative_to(os.path.realpath(folder)):
    raise _ProblemError(
      f'label_file {name!r} leads out of {folder}, the folder of the spec '
      'file; copy the file there, or put the names into labels'
    )
  return path


def _names(
  path: pathlib.Path, lines: Sequence[str], background: bool
) -> list[str]:
  """The names in the lines of a file of labels, by TF-Slim's numbers if any.

  Where each has a number before it, that says which class it is, in any order.
  """
  matches = [match for line in lines if (match := _NUMBERED.fullmatch(line))]
  names = {int(match[1]): match[2].strip() for match in matches}
  if len(matches) < len(lines) or min(names) > 1:
    if unread := numbering.unread(lines):
      raise _ProblemError(
        f'label_file {path} has a number in {outside.shown(unread)!r}, '
        'expected names alone, or the number of its class and a colon before '
        'each, as 0:daisy. Names that have such numbers go into labels'
      )
    return [*lines]  # Some names begin like that: 4:3 and 16:9.
  first = int(background and 0 not in names)  # The background has no line.
  numbers = range(first, first + len(lines))
  for number in numbers:
    if number not in names:
      raise _ProblemError(
        f'label_file {path} has numbers before its names, and no {number}; '
        f'expected {numbers[0]} to {numbers[-1]}, each once, as the logits '
        'count (from 1 if background = true and it has no line). Names that '
        'begin with a number and a colon go into labels'
      )
  return [names[number] for number in numbers]


def _read_labels(path: pathlib.Path, background: bool) -> list[str]:
  """Reads the names in a file of labels; raises a _ProblemError."""
  try:
    text = outside.read_file(path, _MOST_BYTES).decode('utf-8-sig')
  except (OSError, UnicodeDecodeError) as error:
    reason = getattr(error, 'strerror', None) or 'it is not UTF-8'
    raise _ProblemError(
      f'label_file {path} cannot be read: {reason}; expected names, one a line'
    ) from error
  lines = [line.strip() for line in text.rstrip().split('\n')]
  if re.match(r'item\s*\{', lines[0]):
    raise _ProblemError(
      f'label_file {path} is a label map (.pbtxt), expected names, one a line'
    )
  for number, line in enumerate(lines, start=1):
    if not _NUMBERED.sub(r'\2', line):
      raise _ProblemError(
        f'label_file {path} has nothing in line {number}, expected a name'
      )
    if not outside.is_plain(line):
      raise _ProblemError(
        f'label_file {path} has {text_lib.told(line)} in line {number}, '
        'expected a name without invisible characters'
      )
  return _names(path, lines, background)


def _labels(
  values: Mapping[str, Any], folder: pathlib.Path | None
) -> tuple[str, ...]:
  """The names of all classes with the background; empty if there are none."""
  background = values.get('background', False)
  if 'label_file' in values and 'labels' in values:
    raise _ProblemError('labels and label_file are both there; remove one')
  if 'label_file' in values:
    path = _find(folder, values['label_file'])
    names, where = _read_labels(path, background), f'label_file {path} has'
  elif 'labels' in values:
    names, where = values['labels'], 'labels has'
  else:
    return ()
  classes = values.get('num_classes')
  if classes is None:
    raise _ProblemError(
      f'{where} {len(names)} names, expected none without num_classes: '
      'feature vectors have no labels'
    )
  if background and len(names) == classes - 1:
    names = [_BACKGROUND, *names]
  if len(names) != classes:
    less = f', or {classes - 1} without the background' if background else ''
    raise _ProblemError(
      f'{where} {len(names)} names, expected {classes}, the num_classes{less}'
    )
  return tuple(names)


def _preprocessing(
  values: Mapping[str, Any], family: family_lib.Family
) -> family_lib.Preprocessing:
  if 'input_range' not in values and 'input_mean' not in values:
    return family.preprocessing
  low, high = values.get('input_range', (-1.0, 1.0))
  mean = values.get('input_mean')
  if mean is not None and family.channels == 1:
    raise _ProblemError(
      f'input_mean is {mean}, expected none: {family.network} sees one '
      'channel, of which input_range says all'
    )
  if mean is None:
    return family_lib.Preprocessing(float(high - low), 0.0 - low)
  if not all(low <= value <= high for value in mean):
    raise _ProblemError(
      f'input_mean is {mean}, expected colours of the input_range, from '
      f'{low:g} to {high:g}; where black is 0 and white 255, input_range is '
      '[0, 255]'
    )
  red, green, blue = (float(value - low) for value in mean)
  return family_lib.Preprocessing(float(high - low), (red, green, blue))


def _promises(values: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
  tf1, tf2 = values.get('tf1_version'), values.get('version', 1)
  if tf1 == tf2:
    raise _ProblemError(
      f'tf1_version is {tf1}, as version is; expected two numbers, as both '
      'are the last part of a handle'
    )
  pairs = [(tf2, _TF2)] if tf1 is None else [(tf1, _TF1), (tf2, _TF2)]
  return tuple(sorted(pairs))


def _combined(values: Mapping[str, Any]) -> Iterator[str]:
  """Says what is wrong with values that are right on their own."""
  template = published.NETWORKS[values['network']]
  if template.multiplier is None and 'multiplier' in values:
    yield (
      f'multiplier is {values["multiplier"]}, expected none: '
      f'{values["network"]} has one width'
    )
  if problem := template.family.size_problem(values['size']):
    yield problem
  if values['dataset'] in versions.TASKS:
    yield f'dataset is {values["dataset"]!r}, expected no name of a task'
  top1, top5 = values.get('top1_percent'), values.get('top5_percent')
  if top1 and top5 and top1 > top5:
    yield f'top1_percent {top1} is above top5_percent {top5}'
  if (top1 or top5) and 'num_classes' not in values:
    yield 'top1_percent or top5_percent is there, expected num_classes, too'
  tasks = versions.TASKS if 'num_classes' in values else versions.TASKS[1:]
  promised = [
    f'{task}/{number}' for task in tasks for number, _ in _promises(values)
  ]
  for other, meant in values.get('also_known_as', {}).items():
    if meant not in promised:
      yield (
        f'also_known_as: {other} is {meant!r}, expected one of '
        + ', '.join(promised)
      )


def _table(values: Mapping[str, Any], labels: tuple[str, ...]) -> str:
  """The table as JSON, without the keys that name files, but with labels."""
  kept = {key: v for key, v in values.items() if key not in _OF_EXPORTS}
  if labels:
    kept['labels'] = list(labels)
  return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def _own(
  values: Mapping[str, Any], file: str, folder: pathlib.Path | None
) -> own.Own:
  labels = _labels(values, folder)
  return own.Own(
    publisher=values['publisher'],
    dataset=values['dataset'],
    dataset_title=values.get('dataset_title', values['dataset']),
    promises=_promises(values),
    labels=labels,
    background=values.get('background', False),
    description=values.get('description', ''),
    measured_on=values.get('measured_on', ''),
    license_url=values.get('license_url', ''),
    table=_table(values, labels),
    also_known_as=tuple(values.get('also_known_as', {}).items()),
    file=file,
    folder=folder or pathlib.Path(),
    checkpoint=values.get('checkpoint', ''),
  )


def _build(
  values: Mapping[str, Any], file: str, folder: pathlib.Path | None
) -> spec.ModelSpec:
  template = published.NETWORKS[values['network']]
  multiplier = template.multiplier
  if multiplier is not None:
    multiplier = float(values.get('multiplier', 1.0))
  of_imagenet = values['dataset'] == spec.COLLECTION
  return spec.ModelSpec(
    name=values['name'],
    family=dataclasses.replace(
      template.family,
      preprocessing=_preprocessing(values, template.family),
      checkpoint_notes=(),
    ),
    multiplier=multiplier,
    size=values['size'],
    num_features=published.num_features(values['network'], multiplier),
    checkpoint='',
    archive_url='',
    figures=figures.Figures(
      top1_percent=values.get('top1_percent'),
      top5_percent=values.get('top5_percent'),
    ),
    num_classes=values.get('num_classes'),
    license=values.get('license', ''),
    dataset=spec.DATASET if of_imagenet else values['dataset'],
    own=_own(values, file, folder),
  )


def read_model(
  values: Mapping[str, Any], file: str, folder: pathlib.Path | None = None
) -> spec.ModelSpec:
  """Reads the spec of a model from a table.

  Args:
    values: The keys and values of the table.
    file: The name of the spec file, for errors.
    folder: The folder that paths in the table are relative to; None if the
      table is not from a spec file, so that there is no file of labels.

  Returns:
    The spec.

  Raises:
    SpecError: The table is wrong; the message lists everything that is.
  """
  name = values.get('name', '?')
  problems = list(text_lib.problems(values))
  if not problems:
    try:
      problems = list(_combined(values))
      if not problems:
        return _build(values, file, folder)
    except _ProblemError as problem:
      problems = [str(problem)]
  raise checks.SpecError(
    f'{file}: model {text_lib.told(name)} cannot be used\n'
    + ''.join(f'  {line}\n' for line in problems)
    + 'correct the file; docs/your_own_models.md explains the keys'
  )
