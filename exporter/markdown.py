"""Builds the parts of a Markdown page as strings."""

from collections.abc import Iterable
from collections.abc import Sequence
import textwrap

_WIDTH = 80


def _fill(sentences: Iterable[str], width: int) -> str:
  return textwrap.fill(
    ' '.join(sentences),
    width,
    break_long_words=False,
    break_on_hyphens=False,
  )


def paragraph(*sentences: str) -> str:
  """The sentences as one paragraph, wrapped at 80 columns."""
  return _fill(sentences, _WIDTH)


def quote(*sentences: str) -> str:
  """The sentences as a block quote, wrapped at 80 columns."""
  return textwrap.indent(_fill(sentences, _WIDTH - 2), '> ')


def bullets(items: Iterable[str]) -> str:
  """A list with one item on each line."""
  return '\n'.join(f'* {item}' for item in items)


def code(text: str) -> str:
  """A block of Python."""
  return f'```python\n{text.strip()}\n```'


def table(
  header: Sequence[str],
  rows: Iterable[Sequence[str]],
  numbers: Sequence[str] = (),
) -> str:
  """A table; the columns called `numbers` are aligned to the right."""
  rule = ['---:' if title in numbers else '---' for title in header]
  return '\n'.join(
    f'| {" | ".join(cells)} |' for cells in (header, rule, *rows)
  )


def section(title: str, *blocks: str) -> str:
  """A heading of the second level, followed by the blocks of the section."""
  return '\n\n'.join((f'## {title}', *blocks))
