"""Whatever somebody writes into a text is shown as that text, and does nothing.

Each text of a spec file, a manifest and a measurement is either refused, or it
stands on the pages as it is, and they have the elements that they have for
harmless texts.
"""

import dataclasses
import functools
import html
from html import parser
import pathlib
import re
import tempfile

from mkdocs import config
from mkdocs.config import defaults
from mkdocs.structure import files
from mkdocs.structure import pages as mkdocs_pages
import pytest

from exporter import formats as formats_lib
from exporter.cards import card
from exporter.hub import page as hub_page
from exporter.measure import accuracy
from exporter.measure import measurements
from exporter.measure import speed
from exporter.site import build
from exporter.site import entries
from exporter.site import model_page
from exporter.site import tree
from exporter.storage import manifest
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs.spec_files import keys
from model_specs.spec_files import values
from tests import each
from tests import some_accuracy
from tests import some_manifest
from tests import some_spec_file
from tests import some_speed

_HARMLESS = 'harmless'
_SHOWN = (
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- hidden --> x',
  '--> <iframe src="//x"></iframe>',
  '&lt;b&gt; &#60;b&#62; &copy',
  '"><svg/onload=alert(1)>',
  '[a](javascript:alert(1))',
  '[a]: https://a.example "b"',
  '![a](https://a.example/a.png)',
  '<https://a.example> <a@a.example>',
  '](https://a.example) [',
  '| a | b | \\| c',
  '`a` ``b `c',
  '```\\` a',
  '*a* **b** _a_ __b__ ~~c~~ a_b_c',
  '# a ## b',
  '- a - b + c * d',
  '1. a 2) b 3.',
  'a --- b === c *** d ___ e - - -',
  '> a ~~~ b ::: c',
  '{ #a .b onclick=c } {: #d }',
  '\\ \\\\ \\` \\< a\\',
  'a ' * 60 + '# ' * 60 + '- ' * 60 + '--- ' * 60,
  'Blüte 🌸 & Söhne',
)
_UNSEEN = ('a\n\n## b', 'a\rb', 'a\x1b[2Jb', 'a\u2028b', 'a\u202eb', 'a\x00b')
_TEXTS = [
  key.name
  for key in keys.KEYS
  if key.kind in (values.LINE, values.LINES, values.PROSE, values.URL)
]


def _given(name: str, text: str) -> dict[str, object]:
  """The change of a spec file that puts a text into a key."""
  if name == 'labels':
    return {'labels': [text, 'b', 'c']}
  return {name: text}


@pytest.mark.parametrize('name', _TEXTS)
@each.over('text', _UNSEEN, repr)
def test_what_cannot_be_seen_is_refused_by_name(text, name):
  if name == 'description':  # It may have several lines.
    text = text.replace('\n', '\x0b').replace('\r', '\x0c')
  with pytest.raises(model_specs.SpecError, match=f'  {name} is '):
    some_spec_file.model(**_given(name, text))


@each.over('text', [*_SHOWN, 'javascript:alert(1)', 'https://', '//x', 'x.y'])
def test_what_is_no_address_is_refused(text):
  with pytest.raises(
    model_specs.SpecError, match=r'license_url is .* https://'
  ):
    some_spec_file.model(license_url=text)


class _Elements(parser.HTMLParser):
  """The elements of a page with their attributes, and its text."""

  def __init__(self, text: str):
    super().__init__()
    self.found: list[tuple[str, ...]] = []
    self.text = ''
    self.feed(text)
    self.close()

  def handle_starttag(self, tag, attrs):
    if tag != 'code':  # Names that cannot be set as code are shown as text.
      about = [f'{name}={value}' for name, value in attrs if name != 'id']
      self.found.append((tag, *about))

  def handle_data(self, data):
    self.text += data

  def handle_comment(self, data):
    self.found.append(('comment',))


# The keys that pages show, which are all but the paths of files.
_ON_PAGES = set(_TEXTS) - {'checkpoint', 'label_file'}


def _model(text: str) -> model_specs.ModelSpec:
  """A model of which every text is this one."""
  changes: dict[str, object] = dict.fromkeys(_ON_PAGES, text)
  changes['license_url'] = f'https://a.example/{text.replace(" ", "")}'
  changes['labels'] = [text, text, text]
  return some_spec_file.model(**changes, top1_percent=50.0)


def _manifest(handle: model_specs.Handle, text: str) -> manifest.Manifest:
  base = some_manifest.make(handle)
  checks = [dataclasses.replace(check, name=text) for check in base.proof]
  return dataclasses.replace(
    base,
    weights=dataclasses.replace(base.weights, checkpoint=text, sha256=text),
    files={text: manifest.File(1, text)},
    proof=tuple(checks),
    libraries={text: text},
    pictures=text,
  )


def _measured(
  handle: model_specs.Handle, text: str
) -> measurements.Measurements:
  machine = speed.Machine(text, 2, text, {text: text})
  setting = accuracy.Setting(9, text, text, text, {text: text})
  summary = accuracy.shorten(some_accuracy.make(), 5)
  names = dict.fromkeys(summary.names, text)
  return measurements.Measurements(
    speed.Timed(machine, tuple(some_speed.make()[:1]), ()),
    dataclasses.replace(summary, setting=setting, names=names),
  )


@functools.cache
def _config() -> defaults.MkDocsConfig:
  return config.load_config(
    str(build.HERE / 'mkdocs.yml'), docs_dir=tempfile.gettempdir()
  )


def _on_site(text: str) -> str:
  """What MkDocs makes of the Markdown of a page."""
  with tempfile.TemporaryDirectory() as folder:
    (pathlib.Path(folder) / 'x.md').write_text(text, 'utf-8')
    file = files.File('x.md', folder, folder, use_directory_urls=False)
    page = mkdocs_pages.Page(None, file, _config())
    page.read_source(_config())
  page.render(_config(), files.Files([file]))
  return str(page.content)


def _pages(text: str) -> list[tuple[str, str]]:
  """The pages of a hub and of the site, of a model and a converted file."""
  handle = _model(text).handles()[1]
  conversion = formats.convert(handle, kinds.get('litert.int8'))
  manifests = {each: _manifest(each, text) for each in (handle, conversion)}
  measured = {each: _measured(each, text) for each in manifests}
  (entry,) = [
    entry
    for entry in entries.collect(manifests, measured)
    if entry.newest.publisher == 'acme'
  ]
  collection = entries.Collection([entry])
  of_model = card.model_card(handle, manifests[handle], measured[handle])
  of_file = formats_lib.describe(
    conversion, manifests[conversion], measured[conversion]
  )
  return [
    ('hub', hub_page.to_html('x', of_model.to_markdown())),
    ('hub, file', hub_page.to_html('x', of_file.to_markdown())),
    ('site', _on_site(model_page._render(handle, entry, collection))),
    (
      'site, file',
      _on_site(model_page._render_conversion(conversion, entry, collection)),
    ),
  ]


@functools.cache
def _harmless() -> list[tuple[str, str]]:
  return _pages(_HARMLESS)


def _without_address(elements: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
  """Elements without the address of the licence, which the text is part of."""
  return [
    tuple(
      re.sub(r'^href=https://a\.example/.*', 'href', part) for part in element
    )
    for element in elements
  ]


def _words(text: str) -> str:
  # Pages show the names of checks with spaces in place of underscores.
  return ' '.join(text.replace('_', ' ').split())


@each.over('text', _SHOWN)
def test_a_text_is_shown_and_does_nothing(text):
  for (where, page), (_, plain) in zip(_pages(text), _harmless(), strict=True):
    elements, expected = _Elements(page), _Elements(plain)
    assert _without_address(elements.found) == _without_address(
      expected.found
    ), where
    shown = _words(elements.text).count(_words(text))
    assert shown >= _words(expected.text).count(_HARMLESS), where


def test_a_browser_gets_the_address_that_was_given():
  url = 'https://a.example/(x)/"y"?a=1&copy=2&lt;=3#é'
  handle = some_spec_file.model(license='L', license_url=url).handles()[1]
  text = card.model_card(handle).to_markdown()
  for page in (hub_page.to_html('x', text), _on_site(text)):
    (shown,) = re.findall(r'<a href="([^"]*)">L</a>', page)
    assert html.unescape(shown) == (
      'https://a.example/%28x%29/%22y%22?a=1&copy=2&lt;=3#%C3%A9'
    )


def test_the_head_of_a_page_says_it_too(tmp_path, monkeypatch):
  title = '"><script>alert(1)</script> [a](javascript:x) 🌸 *a* \\ &lt;'
  handle = some_spec_file.model(dataset_title=title).handles()[1]
  (entry,) = [
    entry
    for entry in entries.collect({handle: some_manifest.make(handle)})
    if entry.newest.publisher == 'acme'
  ]
  text = model_page._render(handle, entry, entries.Collection([entry]))
  head = text.partition('\n---\n')[0]
  monkeypatch.setattr(
    tree, 'pages', lambda _: {'index.md': f'{head}\n---\n# A'}
  )
  monkeypatch.setattr(tree, 'menu', lambda _: [{'A': 'index.md'}])
  build.write_site(tmp_path / 'site')
  elements = _Elements(
    (tmp_path / 'site' / 'index.html').read_text('utf-8')
  ).found
  (description,) = [e for e in elements if 'name=description' in e]
  assert (
    f'content=Classifies images by the classes of {title} with'
    in (description[-1])
  )
  assert not [e for e in elements if 'alert' in f'{e}' and e is not description]
