"""Builds HTML and SVG as element trees, and renders them for Markdown pages."""

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
  """An element with these children, of which the strings become text."""
  parent = Element(tag, {k: f'{v}' for k, v in (attributes or {}).items()})
  for child in children:
    _append(parent, child)
  return parent


def render(tree: Element) -> str:
  """The element as HTML on a single line.

  Markdown takes an empty line for the end of a block of HTML.
  """
  return ElementTree.tostring(tree, 'unicode', method='html').replace('\n', ' ')


def link(page: str, target: str, anchor: str = '') -> str:
  """The relative URL from one page of the site to another page or a file.

  Args:
    page: The page that holds the link, such as `google/google.md`.
    target: The page or file that it leads to, spelled in the same way.
    anchor: Where on that page, such as `#usage`; empty for its top.
  """
  path = posixpath.relpath(target, posixpath.dirname(page) or '.')
  return path.removesuffix('.md') + '.html' * path.endswith('.md') + anchor
