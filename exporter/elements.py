"""Pieces of HTML and SVG: trees, and their text within a page's Markdown."""

from collections.abc import Mapping
import posixpath
from xml.etree import ElementTree

Element = ElementTree.Element


def _append(parent: Element, child: Element | str) -> None:
  if isinstance(child, Element):
    parent.append(child)
  elif len(parent):
    parent[-1].tail = (parent[-1].tail or '') + child
  else:
    parent.text = (parent.text or '') + child


def element(
  tag: str,
  attributes: Mapping[str, str | float] | None = None,
  *children: Element | str,
) -> Element:
  """One element; strings among its children are text."""
  made = Element(tag, {k: f'{v}' for k, v in (attributes or {}).items()})
  for child in children:
    _append(made, child)
  return made


def render(tree: Element) -> str:
  """The text, in one line: to Markdown, an empty line would be the end."""
  return ElementTree.tostring(tree, 'unicode', method='html').replace('\n', ' ')


def link(page: str, target: str, anchor: str = '') -> str:
  """The URL from one page of the site to a page or file of it.

  Args:
    page: Where the link stands, as `google/google.md`.
    target: Where it leads to.
    anchor: A place on that page.
  """
  path = posixpath.relpath(target, posixpath.dirname(page) or '.')
  return path.removesuffix('.md') + '.html' * path.endswith('.md') + anchor
