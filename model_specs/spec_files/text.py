"""Validates and writes spec files: TOML with a table `[[model]]` for a model.

The checks, the file that `slimhub new` writes and the schema for editors all
come from one list, keys.KEYS.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import difflib
import json
import textwrap
from typing import Any

from model_specs import outside
from model_specs.spec_files import keys

TABLE = 'model'
SCHEMA = 'spec_file.schema.json'  # Lies beside a spec file, for editors.
_WIDTH = 78
_LONGEST = 200  # How many characters of a wrong value an error shows.


def told(value: object) -> str:
  """Anything that a file can hold, for an error message of one line."""
  try:
    text = repr(value)
  except (ValueError, RecursionError):  # Thousands of digits, or of brackets.
    return 'too large to be shown'
  return text if len(text) <= _LONGEST else f'{text[:_LONGEST]}...'


def problems(values: Mapping[str, Any]) -> Iterator[str]:
  """Says what is wrong with the keys and values of a table, line by line."""
  for name, value in values.items():
    key = keys.BY_NAME.get(name)
    if key is None:
      close = difflib.get_close_matches(name, keys.BY_NAME, n=1)
      hint = f'did you mean {close[0]}?' if close else 'the keys are '
      yield f'unknown key {outside.shown(name)}; {hint}' + (
        '' if close else ', '.join(keys.BY_NAME)
      )
    elif not key.kind.is_met(value):
      hint = ''
      if isinstance(value, str) and 'enum' in key.kind.schema:
        close = difflib.get_close_matches(value, key.kind.schema['enum'], n=1)
        hint = f'; did you mean {close[0]}?' if close else ''
      expected = hint or f', expected {key.kind.expected}'
      yield f'{name} is {told(value)}{expected}'
  for key in keys.KEYS:
    if key.is_required and key.name not in values:
      yield f'{key.name} is missing, expected {key.kind.expected}'


def _literal(value: Any) -> str:
  """A value as TOML spells it."""
  if isinstance(value, list):
    return f'[{", ".join(map(_literal, value))}]'
  if isinstance(value, dict):
    pairs = (f'{_literal(k)} = {_literal(v)}' for k, v in value.items())
    return f'{{ {", ".join(pairs)} }}'
  if isinstance(value, float):
    return repr(value)
  return json.dumps(value, ensure_ascii=False)


def _comment(text: str) -> str:
  lines = textwrap.wrap(text, _WIDTH, break_on_hyphens=False)
  return ''.join(f'# {line}\n' for line in lines)


def render(values: Mapping[str, Any]) -> str:
  """A table `[[model]]` with every key explained.

  Keys without a value are commented out, with an example.
  """
  blocks = []
  for key in keys.KEYS:
    is_on = key.name in values
    value = values[key.name] if is_on else key.example
    line = f'{key.name} = {_literal(value)}\n'
    blocks.append(_comment(key.text) + ('' if is_on else '# ') + line)
  return f'[[{TABLE}]]\n' + '\n'.join(blocks)


def brief(values: Mapping[str, Any]) -> str:
  """A table `[[model]]` with only the keys that have a value."""
  lines = [
    f'{key.name} = {_literal(values[key.name])}\n'
    for key in keys.KEYS
    if key.name in values
  ]
  return f'[[{TABLE}]]\n' + ''.join(lines)


_HEAD = """\
#:schema ./{schema}
# Own models for slimhub: `slimhub COMMAND ... --spec_file=FILE`.
# A key that is not needed may go; docs/your_own_models.md says more.
"""


def document(tables: Iterable[Mapping[str, Any]]) -> str:
  """The text of a spec file with these tables."""
  head = _HEAD.format(schema=SCHEMA)
  return '\n'.join((head, *map(render, tables)))


def schema_text() -> str:
  """The text of the schema file."""
  return json.dumps(schema(), indent=2) + '\n'


def schema() -> dict[str, Any]:
  """The JSON schema of spec files, with which editors help to fill them in."""
  properties = {
    key.name: {
      'description': key.text,
      **key.kind.schema,
      'examples': [key.example],
    }
    for key in keys.KEYS
  }
  table = {
    'type': 'object',
    'properties': properties,
    'required': [key.name for key in keys.KEYS if key.is_required],
    'additionalProperties': False,
  }
  return {
    '$schema': 'https://json-schema.org/draft/2020-12/schema',
    'title': 'Own models of slimhub',
    'type': 'object',
    'properties': {
      TABLE: {'type': 'array', 'items': table, 'minItems': 1},
    },
    'required': [TABLE],
    'additionalProperties': False,
  }
