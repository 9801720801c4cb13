"""What every page of the site has: its head, and where it stands."""

from collections.abc import Sequence
import json
import posixpath

from exporter import elements

HOME, CHOICE, CATALOGUE = 'index.md', 'choice.md', 'catalogue.md'
# On what search shall not find: it stands on many pages.
UNSEARCHED = {'data-search-exclude': ''}
CLIENTS, FAMILIES, GUIDES = 'clients.md', 'families', 'guides'


def head(title: str, description: str, *hidden: str, boost: float = 1) -> str:
  """The facts that stand before a page's text.

  Args:
    title: Of the window, and in what search finds.
    description: A sentence, for search engines and previews.
    *hidden: The parts of the theme that the page does without.
    boost: Above 1, search puts it before others that fit as well.
  """
  # JSON is YAML, whatever the text holds.
  facts: dict[str, object] = {
    'title': title,
    'description': description,
    'hide': list(hidden),
  }
  if boost != 1:
    facts['search'] = {'boost': boost}
  lines = (f'{key}: {json.dumps(value)}' for key, value in facts.items())
  return '\n'.join(('---', *lines, '---'))


def trail(page: str, *steps: tuple[str, str]) -> str:
  """The way from the first page to this one: titles and pages.

  The last step is this page.
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
  """The path from one page's Markdown to another's."""
  return posixpath.relpath(target, posixpath.dirname(page) or '.')


def family(network: str) -> str:
  """The page of a family."""
  return f'{FAMILIES}/{network}.md'


def publisher(name: str) -> str:
  """The page of a publisher."""
  return f'{name}/{name}.md'


def join(*blocks: str) -> str:
  """The text of a page."""
  return '\n\n'.join(filter(None, blocks)) + '\n'


def tabs(page: str, name: str, steps: Sequence[tuple[str, str]]) -> str:
  """Pages of which one is read at a time: titles and pages."""
  links = []
  for title, target in steps:
    about = {'href': elements.link(page, target)}
    if target == page:
      about['aria-current'] = 'page'
    links.append(elements.element('a', about, title))
  bar = {'class': 'tabs', 'aria-label': name, **UNSEARCHED}
  return elements.render(elements.element('nav', bar, *links))
