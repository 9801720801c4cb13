"""Pages that lead from other names and old versions of models to theirs."""

from collections.abc import Iterator
import dataclasses
import itertools
import re

from exporter import elements
from exporter.site import entries
import model_specs
from model_specs import aliases

_ICON = 'assets/logo.svg'


def _page(path: str, target: str, title: str) -> str:
  """A page that redirects at once, and names its target to search engines."""
  url = elements.link(path, target)
  refresh = {'http-equiv': 'refresh', 'content': f'0; url={url}'}
  # Without an icon, browsers ask the host for one.
  icon = {'rel': 'icon', 'href': elements.link(path, _ICON)}
  link = elements.element('a', {'href': url}, title)
  head = elements.element(
    'head',
    None,
    elements.element('meta', {'charset': 'utf-8'}),
    elements.element('title', None, title),
    elements.element('link', {'rel': 'canonical', 'href': url}),
    elements.element('link', icon),
    elements.element('meta', refresh),
  )
  body = elements.element(
    'body', None, elements.element('p', None, 'This model is now at ', link)
  )
  html = elements.element('html', {'lang': 'en'}, head, body)
  return f'<!doctype html>\n{elements.render(html)}\n'


def _paths(handle: model_specs.Handle) -> Iterator[str]:
  """The paths, on tfhub.dev and kaggle.com, that old links lead to."""
  if not handle.kind.is_converted:
    yield from aliases.of_tfhub(handle)[1:]
  for name in aliases.of_kaggle(handle):
    yield str(name)
    # In the spelling of Kaggle's handles, and in that of its pages.
    for spelling in itertools.islice(name.spellings(), 2):
      for path in spelling.paths():
        yield path.removeprefix('/')


def _of_entry(
  entry: entries.Entry,
) -> Iterator[tuple[model_specs.Handle, model_specs.Handle]]:
  """Each version and file of an entry, and the one whose page it leads to.

  A version that is neither current nor exported has no page of its own.
  """
  newest = entry.newest
  for number in newest.spec.promises:
    handle = dataclasses.replace(newest, number=number)
    if handle not in entry.handles:
      same = [other for other in entry.handles if other.kind == handle.kind]
      yield handle, (*same, newest)[0]
  for handle in (*entry.conversions, *entry.handles):
    yield handle, handle


def pages(collection: entries.Collection) -> dict[str, str]:
  """The HTML of every page that only redirects, by its path.

  A name becomes a folder with an `index.html`, as hosts of plain files answer
  paths that end in no suffix.
  """
  targets: dict[str, model_specs.Handle] = {}
  for entry in collection.entries:
    for handle, target in _of_entry(entry):
      if handle != target:
        targets.setdefault(f'{handle}.html', target)
      for path in _paths(handle):
        targets.setdefault(f'{path}/index.html', target)
        # A path without a version leads to the newest one, as newer ones come
        # later and replace it here.
        if not handle.spec.own:
          folder = re.sub('/(versions/)?[0-9]+$', '', path)
          targets[f'{folder}/index.html'] = target
  return {
    path: _page(path, entries.page(target), str(target))
    for path, target in targets.items()
  }
