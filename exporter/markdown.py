"""Builds the parts of a Markdown page as strings.

Texts of slimhub's own are Markdown already. What others wrote, in spec files,
in manifests or as names of folders, becomes Markdown by `text`, `literal` or
`link`.
"""

from collections.abc import Iterable
from collections.abc import Sequence
import html
import re
import textwrap
from urllib import parse

from model_specs import outside

_WIDTH = 80
# Characters that are marks within a line, to MkDocs, to a hub or to GitHub. An
# underscore inside a word is no mark.
_MARKS = re.compile(r'[\\`*\[\]{}]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])')
# These cannot be escaped by a backslash everywhere.
_REFERENCES = str.maketrans(
  {'&': '&amp;', '<': '&lt;', '>': '&gt;', '|': '&#124;', '~': '&#126;'}
)
# Between backticks, a text with one of these is not shown as code everywhere.
_NO_CODE = re.compile(r'[\s`|<&]')
# Beginnings of words that make a line a heading, a list or a rule. Any word may
# come to stand at the beginning of a line.
_LEAD = re.compile(r'#|[-+=](?=[-+=]*$)|[0-9]+(?=[.)]$)')
_OF_URLS = '%/:?=&#+,;@!$*~'


def _word(word: str) -> str:
  lead = _LEAD.match(word)
  rest = word[lead.end() :] if lead else word
  inert = _MARKS.sub(r'\\\g<0>', rest.translate(_REFERENCES))
  if lead and lead[0] not in '#-+=':  # A number.
    return f'{lead[0]}\\{inert}'
  return f'&#{ord(lead[0])};{inert}' if lead else inert


def text(value: str) -> str:
  """A text that others wrote, as Markdown that shows it and does nothing else.

  No element of HTML, heading, list, link, picture or cell of a table comes of
  it, and it is one line.
  """
  line = outside.shown(' '.join(value.split()))
  return ' '.join(map(_word, line.split()))


def plain(inert: str) -> str:
  """The words that `text` made Markdown of, as they are read."""
  return html.unescape(re.sub(r'\\(.)', r'\1', inert))


def literal(value: str) -> str:
  """A name that others gave, as code; as `text` if it cannot be code."""
  if not value or _NO_CODE.search(value) or not outside.is_plain(value):
    return text(value)
  return f'`{value}`'


def link(label: str, url: str) -> str:
  """A link of which others wrote both the text and the address."""
  address = html.escape(parse.quote(url, safe=_OF_URLS))
  return f'[{text(label)}]({address})'


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


def code(text: str, language: str = 'python') -> str:
  """A block of code."""
  return f'```{language}\n{text.strip()}\n```'


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
