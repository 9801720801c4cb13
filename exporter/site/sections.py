"""The sections that pages of handles and of converted files both have."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import itertools
import posixpath

from exporter import cards
from exporter import elements
from exporter import markdown
from exporter import storage
from exporter.site import entries
from exporter.site import page as page_lib
import model_specs
from model_specs import kinds

_Sentence = Callable[[storage.Check], str]


def _share(difference: float) -> str:
  """A difference in words: `one part in 1,000,000` for 1e-06."""
  return f'one part in {1 / difference:,.0f}'


def _variables(check: storage.Check) -> str:
  if check.difference:
    return (
      f'Each of the {check.compared} variables is within '
      f"{_share(check.difference)} of the checkpoint's."
    )
  return (
    f"Each of the {check.compared} variables is the checkpoint's, bit by bit."
  )


def _close(what: str, unit: str) -> _Sentence:
  """Makes sentences on a check of floats.

  Args:
    what: What agrees, and with what.
    unit: What the differences are relative to.
  """

  def sentence(check: storage.Check) -> str:
    count = f'{check.compared:,}'
    if not check.difference:
      return f'{count} {what}, to the last bit.'
    return (
      f'{count} {what}: at most {_share(check.difference)} of {unit} apart; '
      f'{_share(check.tolerance)} would be allowed.'
    )

  return sentence


_TIME = 'ms an image'  # As the last benchmark of all exports measured it.
# The most memory of a process that runs the file and does nothing else.
_MEMORY = 'MB of memory'
_SPREAD = 'their spread'
_SENTENCES: dict[str, _Sentence] = {
  'variables': _variables,
  'inference outputs': _close(
    'outputs and inner layers answer as the original network does', _SPREAD
  ),
  'published graph': _close(
    'outputs agree with the graph that the authors published', _SPREAD
  ),
  'test vectors': _close(
    'outputs of the test vectors that come with it are those of the original '
    'network',
    _SPREAD,
  ),
  'training outputs': _close('outputs agree in training mode, too', _SPREAD),
  'moving averages': _close(
    "of batch norm's averages move as they should in a training step",
    'the largest',
  ),
  'gradients': lambda check: (
    f'A gradient reaches each of the {check.compared} trainable variables.'
  ),
  'outputs': _close(
    'answers of the file agree with the original network', _SPREAD
  ),
  'error': lambda check: (
    f'On {check.compared} pictures, answers are off by '
    f'{100 * check.difference:.2g} % of their spread, as the root of the mean '
    f'square; {100 * check.tolerance:.2g} % would be allowed.'
  ),
  'other top-1 class': lambda check: (
    f'{100 * check.difference:.1f} % of {check.compared} pictures get another '
    'first class than from the original network.'
  ),
}


def trail(entry: entries.Entry, page: str, *steps: tuple[str, str]) -> str:
  """The links that lead from the first page to a page of an entry."""
  family = entry.family
  home = page_lib.family(family.network)
  return page_lib.trail(page, (family.title, home), *steps)


def _rows(
  named: Iterable[tuple[model_specs.Handle, str]],
  entry: entries.Entry,
  collection: entries.Collection,
  page: str,
) -> Iterator[tuple[str, ...]]:
  """A row for each file: name, format, size, time, memory, hash."""
  for each, title in named:
    file = collection.files.get(str(each))
    if file is None:
      continue
    # The link is HTML, as MkDocs would warn of a link in Markdown to this file,
    # which is only added once the pages are built.
    about = {'href': elements.link(page, file.path), 'download': ''}
    name = elements.element('a', about, posixpath.basename(file.path))
    target = entries.page(each)
    shown = title
    if target != page:
      shown = f'[{title}]({page_lib.path(page, target)})'
    size = f'{file.bytes / 1e6:.1f}'
    taken = entry.latency(each)
    time = '' if taken is None else f'{taken:.2f}'
    needed = entry.memory(each)
    memory = '' if needed is None else f'{needed:.0f}'
    yield elements.render(name), shown, size, time, memory, f'`{file.sha256}`'


_BESIDE = {
  kinds.MANIFEST: 'every file with its hash, the weights and the proof',
  kinds.PROVENANCE: 'what it was made of and how, as in-toto and SLSA say it',
  kinds.BOM: 'its bill of materials, in CycloneDX',
  kinds.SIGNATURE: 'the signature of its files',
}


def beside(
  handle: model_specs.Handle, collection: entries.Collection
) -> Iterator[str]:
  """Links to what lies beside the artifact, if it is exported."""
  for suffix in collection.beside.get(str(handle), ()):
    name = f'{posixpath.basename(handle.stem)}{suffix}'
    link = elements.element('a', {'href': name}, name)
    text = f': {_BESIDE[suffix]}.'
    yield elements.render(elements.element('p', None, link, text))


def files(
  named: Iterable[tuple[model_specs.Handle, str]],
  entry: entries.Entry,
  collection: entries.Collection,
  page: str,
) -> str:
  """What can be downloaded, with its hashes; empty if nothing can.

  Args:
    named: Handles and conversions with their titles, that of the page first.
    entry: The one that they are of.
    collection: All that the site shows.
    page: The page that shows the section.
  """
  named = list(named)
  rows = list(_rows(named, entry, collection, page))
  if not rows:
    return ''
  header = ('File', 'Format', 'MB', _TIME, _MEMORY, 'SHA-256')
  shown = [
    title not in (_TIME, _MEMORY) or any(r[at] for r in rows)
    for at, title in enumerate(header)
  ]
  names, *cells = (
    tuple(itertools.compress(row, shown)) for row in (header, *rows)
  )
  table = markdown.table(names, cells, numbers=('MB', _TIME, _MEMORY))
  return markdown.section('Download', table, *beside(named[0][0], collection))


def told(manifest: storage.Manifest) -> list[str]:
  """What a proof found, in words for people who have not read the code.

  The card has the whole table.
  """
  return [
    _SENTENCES[check.name](check)
    for check in manifest.proof
    if check.name in _SENTENCES
  ]


def proof(handle: model_specs.Handle, entry: entries.Entry) -> str:
  """What was proven of an export, in words; empty if nothing was."""
  manifest = entry.made.get(str(handle))
  sentences = told(manifest) if manifest else []
  if not sentences:
    return ''
  return markdown.section(
    'What was proven',
    'This very export was loaded again from its files and compared with the '
    'original network:',
    markdown.bullets(sentences),
  )


def of_card(card: cards.Card, is_searched: bool = True) -> list[str]:
  """The sections of a card as sections of a page.

  Args:
    card: The card.
    is_searched: Whether search may find them. It should not where another page
      says the same.
  """
  mark = '' if is_searched else ' { data-search-exclude }'
  return [
    dataclasses.replace(section, title=f'{section.title}{mark}').to_markdown(
      '###'  # Screen readers want one step from each heading to the next.
    )
    for section in card.sections
  ]
