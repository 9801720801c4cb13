"""The facts that stand before a card, as Hugging Face reads them."""

from collections.abc import Mapping
import json


def front_matter(facts: Mapping[str, object]) -> str:
  """The block that a card begins with: YAML, a line for each fact.

  Args:
    facts: Texts and numbers by key, and lists and mappings of such. JSON, which
      YAML takes, spells them in one way only, whatever is in a text.
  """
  lines = (
    f'{key}: {json.dumps(value, ensure_ascii=False)}'
    for key, value in facts.items()
  )
  return '\n'.join(('---', *lines, '---', ''))
