"""What all pages of the site have in common: paths, heads and links."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import html
import json
import posixpath
import textwrap

from exporter import elements

HOME, CHOICE, CATALOGUE = 'index.md', 'choice.md', 'catalogue.md'
# The attribute of parts that search must not find, as many pages have them.
UNSEARCHED = {'data-search-exclude': ''}
CLIENTS, FAMILIES, GUIDES = 'clients.md', 'families', 'guides'


def _quoted(text: str) -> str:
  """A text as YAML quotes it, whatever is in it.

  Were there one character that YAML refuses, MkDocs would show the front matter
  to readers, as Markdown.
  """
  letters = (
    each if ' ' <= each <= '~' and each not in '\\"' else f'\\U{ord(each):08x}'
    for each in text
  )
  return f'"{"".join(letters)}"'


def head(
  title: str,
  description: str,
  *hidden: str,
  boost: float = 1,
  names: Iterable[str] = (),
) -> str:
  """The front matter of a page.

  Args:
    title: The title of the window, and of the page among results of a search.
    description: A sentence for search engines and previews, as plain text.
    *hidden: The parts of the theme that the page does not show.
    boost: With more than 1, search puts the page before others that match.
    names: What else it is called: search puts it before all others for these.
  """
  lines = [
    f'title: {_quoted(title)}',
    # The theme writes it into an attribute as it is.
    f'description: {_quoted(html.escape(description))}',
    f'hide: {json.dumps(hidden)}',  # JSON is valid YAML.
  ]
  if boost != 1:
    lines.append(f'search: {json.dumps({"boost": boost})}')
  if names:
    lines.append(f'tags: {json.dumps([*names])}')
  return '\n'.join(('---', *lines, '---'))


def trail(page: str, *steps: tuple[str, str]) -> str:
  """The links from the first page to this one.

  Args:
    page: This page.
    *steps: Titles and pages, of which this page is the last.
  """
  items = []
  for title, target in (('Models', HOME), *steps):
    if target == page:
      step = elements.element('span', {'aria-current': 'page'}, title)
    else:
      link = {'href': elements.link(page, target)}
      step = elements.element('a', link, title)
    items.append(elements.element('li', None, step))
  ways = elements.element('ol', None, *items)
  about = {'class': 'trail', 'aria-label': 'You are here', **UNSEARCHED}
  return elements.render(elements.element('nav', about, ways))


def path(page: str, target: str) -> str:
  """The relative path from the Markdown of a page to that of another."""
  return posixpath.relpath(target, posixpath.dirname(page) or '.')


def family(network: str) -> str:
  """The path of the page of a family."""
  return f'{FAMILIES}/{network}.md'


def publisher(name: str) -> str:
  """The path of the page of a publisher."""
  return f'{name}/{name}.md'


def join(*blocks: str) -> str:
  """The text of a page that consists of some blocks; empty ones are skipped."""
  return '\n\n'.join(filter(None, blocks)) + '\n'


def folds(blocks: Mapping[str, str]) -> str:
  """Blocks of Markdown of which one is seen at a time, by their titles."""
  return '\n\n'.join(
    f'=== "{title}"\n\n{textwrap.indent(block, "    ")}'
    for title, block in blocks.items()
  )


def tabs(page: str, name: str, steps: Sequence[tuple[str, str]]) -> str:
  """Links to pages that are alternatives to one another, as tabs.

  Args:
    page: This page, which is marked as the current one.
    name: What a screen reader calls the tabs.
    steps: Titles and pages.
  """
  links = []
  for title, target in steps:
    about = {'href': elements.link(page, target)}
    if target == page:
      about['aria-current'] = 'page'
    links.append(elements.element('a', about, title))
  bar = {'class': 'tabs', 'aria-label': name, **UNSEARCHED}
  return elements.render(elements.element('nav', bar, *links))
