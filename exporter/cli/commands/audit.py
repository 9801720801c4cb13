"""`slimhub audit`."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import json
import pathlib
from typing import TYPE_CHECKING

from exporter import errors
from exporter import lean
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import hush

if TYPE_CHECKING:
  from exporter import audit

_TEXT, _JSON = 'text', 'json'
HELP = 'say what a model can do: compute, or more; nothing of it is run'
_MOST = 6  # Operations that a line lists.


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    'models',
    metavar='PATH',
    nargs='+',
    type=flag_values.path,
    help='made by anybody: the folder of a SavedModel or for TensorFlow.js, a '
    'frozen graph (.pb), a LiteRT or an ONNX file',
  )
  parser.add_argument('--format', choices=(_TEXT, _JSON), default=_TEXT)


def _lines(audited: 'audit.Audit') -> Iterator[str]:
  """What a person reads of one model."""
  from exporter import audit

  nodes = sum(use.count for use in audited.uses)
  yield (
    f'{audited.path}: {audited.what} with {nodes} nodes of {len(audited.uses)} '
    'operations'
  )
  for ability in audit.Ability:
    uses = audited.of(ability)
    if not uses:
      continue
    if ability in audit.ALLOWED:
      names = ', '.join(use.operation for use in uses[:_MOST])
      more = f' and {len(uses) - _MOST} more' if len(uses) > _MOST else ''
      yield f'  {ability}: {names}{more}'
      continue
    for use in uses:
      yield (
        f'  {ability.upper()}: {use.operation}, {use.count} times, first in '
        f'{use.where}: {use.node}'
      )
  for problem in audited.problems:
    yield f'  PROBLEM: {problem}'
  if audited.is_closed:
    yield '  It can do nothing else: no file, no connection, no other program.'
  else:
    yield '  It can do more than compute. Ask who made it before you load it.'


def _read(
  paths: Iterable[pathlib.Path],
) -> 'tuple[list[audit.Audit], list[str]]':
  """Reads models; returns what they can do, and why some cannot be read."""
  with hush.hushed():
    lean.import_tensorflow()
    from exporter import audit

    audits: list[audit.Audit] = []
    problems: list[str] = []
    for path in paths:
      try:
        audits.append(audit.audit(path))
      except errors.AuditError as error:
        problems.append(str(error))
  return audits, problems


def _as_json(audits: 'Iterable[audit.Audit]') -> str:
  facts = [
    {**dataclasses.asdict(each), 'closed': each.is_closed} for each in audits
  ]
  return json.dumps(facts, indent=2)


def _as_text(audits: 'Iterable[audit.Audit]') -> str:
  return '\n\n'.join('\n'.join(_lines(each)) for each in audits)


def run(args: argparse.Namespace) -> int:
  audits, problems = _read(args.models)
  if audits:
    print(_as_json(audits) if args.format == _JSON else _as_text(audits))
  if problems:  # What could be read is told all the same.
    raise errors.AuditError('\n'.join(problems))
  is_closed = all(each.is_closed for each in audits)
  return exits.OK if is_closed else exits.FAILED
