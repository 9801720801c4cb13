"""The facts that stand before a card, as Hugging Face reads them: YAML."""

from collections.abc import Iterator
from collections.abc import Mapping
import json
import re

# Read as texts by every reader of YAML. All others are quoted as in JSON, which
# YAML takes.
_PLAIN = re.compile(r'[A-Za-z][A-Za-z0-9._/-]*')
_WORDS = ('true', 'false', 'null', 'yes', 'no', 'on', 'off', 'y', 'n')


def _scalar(value: object) -> str:
  is_plain = isinstance(value, str) and _PLAIN.fullmatch(value)
  if is_plain and str(value).lower() not in _WORDS:
    return str(value)
  return json.dumps(value, ensure_ascii=False)


def _lines(value: object) -> Iterator[str]:
  """The lines of a mapping or a list, not indented."""
  if isinstance(value, Mapping):
    for key, each in value.items():
      if isinstance(each, Mapping):
        yield f'{key}:'
        yield from (f'  {line}' for line in _lines(each))
      elif isinstance(each, list):
        yield f'{key}:'
        yield from _lines(each)
      else:
        yield f'{key}: {_scalar(each)}'
  elif isinstance(value, list):
    for each in value:
      if isinstance(each, Mapping):
        first, *others = _lines(each)
        yield f'- {first}'
        yield from (f'  {line}' for line in others)
      else:
        yield f'- {_scalar(each)}'


def front_matter(facts: Mapping[str, object]) -> str:
  """The block that a card begins with.

  Args:
    facts: Texts and numbers by key, and lists and mappings of such.
  """
  return '\n'.join(('---', *_lines(facts), '---', ''))
