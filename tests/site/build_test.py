"""The built site: whole, linked, readable from any folder and without a net."""

import hashlib
from html import parser
import pathlib
import posixpath
import re
import tarfile
import urllib.parse

import pytest

from exporter import errors
from exporter.site import build
from exporter.site import entries
from exporter.site import page
from exporter.site import tree
from exporter.storage import places
import model_specs
from tests import some_manifest
from tests import source_tree
from tests.site import some_site


class _Page(parser.HTMLParser):
  """What a page links to and how it is made up."""

  def __init__(self, text: str):
    super().__init__()
    self.links: list[str] = []
    self.loads: list[str] = []
    self.ids: set[str] = set()
    self.headings: list[int] = []
    self.lang = self.title = self.description = ''
    self.pictures: list[dict[str, str | None]] = []
    self._in_title = False
    self.feed(text)

  def handle_starttag(self, tag, attrs):
    about = dict(attrs)
    self.ids |= {about.get('id') or ''}
    if tag == 'a' and 'href' in about:
      self.links.append(about['href'])
    elif tag == 'link' and about.get('rel') in ('stylesheet', 'icon'):
      self.loads.append(about['href'])
    elif tag in ('script', 'img', 'iframe') and 'src' in about:
      self.loads.append(about['src'])
    elif tag == 'html':
      self.lang = about.get('lang', '')
    elif tag == 'meta' and about.get('name') == 'description':
      self.description = about.get('content', '')
    elif re.fullmatch('h[1-6]', tag):
      self.headings.append(int(tag[1]))
    if tag == 'img':
      self.pictures.append(about)
    self._in_title = tag == 'title' and not self.title

  def handle_data(self, data):
    if self._in_title:
      self.title += data

  def handle_endtag(self, tag):
    self._in_title = False


@pytest.fixture(name='site', scope='module')
def _site(tmp_path_factory) -> pathlib.Path:
  return some_site.built(tmp_path_factory)


@pytest.fixture(name='pages', scope='module')
def _pages(site) -> dict[str, _Page]:
  return {
    path.relative_to(site).as_posix(): _Page(text)
    for path in sorted(site.rglob('*.html'))
    # Those that only lead on have a test of their own.
    if 'http-equiv="refresh"' not in (text := path.read_text('utf-8'))
  }


def _inside(name: str, url: str) -> tuple[str, str]:
  """The file and the anchor that a URL of a page leads to."""
  parts = urllib.parse.urlsplit(url)
  target = posixpath.normpath(
    posixpath.join(posixpath.dirname(name), urllib.parse.unquote(parts.path))
  )
  return (target if parts.path else name), parts.fragment


def _is_elsewhere(url: str) -> bool:
  return urllib.parse.urlsplit(url).scheme in ('http', 'https')


def test_every_link_leads_somewhere(site, pages):
  broken, counted = [], 0
  for name, found in pages.items():
    for url in (*found.links, *found.loads):
      if _is_elsewhere(url) or url.startswith('data:image/'):
        continue
      counted += 1
      target, anchor = _inside(name, url)
      is_there = (site / target).is_file()
      if anchor and is_there and target in pages:
        is_there = urllib.parse.unquote(anchor) in pages[target].ids
      if url.startswith('/') or not is_there:
        broken.append(f'{name}: {url}')
  assert not broken
  assert counted > 10000


def test_every_handle_has_a_page_and_is_in_the_table(pages):
  for handle in model_specs.find():
    assert f'{handle}.html' in pages
  links = set(pages['index.html'].links)
  newest = {handle.folder: handle for handle in model_specs.find()}
  assert {f'{handle}.html' for handle in newest.values()} <= links


def test_every_page_can_be_reached(pages):
  seen, coming = set(), ['index.html']
  while coming:
    name = coming.pop()
    if name in pages and name not in seen:
      seen.add(name)
      links = pages[name].links
      coming += [_inside(name, u)[0] for u in links if not _is_elsewhere(u)]
  assert seen == pages.keys()


def test_nothing_is_loaded_from_elsewhere(site, pages):
  assert not [u for p in pages.values() for u in p.loads if _is_elsewhere(u)]
  for path in site.rglob('*.css'):
    urls = re.findall(r'url\(["\']?(\w+:)?//', path.read_text('utf-8'))
    assert not urls, path


def test_pages_have_what_search_engines_and_screen_readers_need(pages):
  for name, found in pages.items():
    assert found.lang == 'en', name
    assert found.title.strip(), name
    assert found.description, name
    assert found.headings.count(1) == 1, name
    steps = zip(found.headings, found.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps), name
    assert all('alt' in picture for picture in found.pictures), name
  titles = [found.title for found in pages.values()]
  assert len(set(titles)) == len(titles)


def test_every_guide_is_a_page(pages):
  docs = source_tree.ROOT / 'docs'
  written = [path for form in ('*.md', '*.ipynb') for path in docs.glob(form)]
  linked = {path.name for path in (build.HERE / 'guides').iterdir()}
  assert linked == {path.name for path in written}, (
    'link each of docs/ from exporter/site/guides'
  )
  for path in written:
    assert f'{page.GUIDES}/{path.stem}.html' in pages


def test_a_notebook_is_shown_with_what_its_cells_showed(pages):
  found = pages[f'{page.GUIDES}/tour.html']
  alts = [str(picture['alt']).split()[0] for picture in found.pictures]
  assert alts[-3:] == ['One', 'Loss', 'Confusion']
  inside = [url for url in found.loads if url.startswith('data:image/png')]
  assert len(inside) == 3


def test_a_folder_is_downloaded_as_tensorflow_hub_unpacks_it(site, tmp_path):
  handle = some_site.MODEL.handles()[0]
  with tarfile.open(site / f'{handle}.tar.gz') as tar:
    members = tar.getmembers()
    assert all(m.isfile() or m.isdir() for m in members)
    assert {(m.uid, m.mtime, m.uname) for m in members} == {(0, 0, '')}
    tar.extractall(tmp_path, filter='data')
  text = (tmp_path / 'assets' / 'labels.txt').read_text()
  assert text == str(handle) * 1000


@pytest.mark.parametrize('handle', some_site.EXPORTED, ids=str)
def test_a_download_has_the_hash_that_stands_beside_it(site, handle):
  file = site / f'{handle}'
  if file.is_dir() or not file.exists():
    file = site / f'{handle}.tar.gz'
  origin = getattr(handle, 'origin', handle)
  text = (site / f'{origin}.html').read_text('utf-8')
  assert hashlib.sha256(file.read_bytes()).hexdigest() in text


@pytest.mark.parametrize('handle', some_site.EXPORTED, ids=str)
def test_the_manifest_stands_beside_its_page(site, handle):
  page_ = site / entries.page(handle).replace('.md', '.html')
  made = some_manifest.read(page_.with_suffix('.json'))
  assert made.handle == str(handle)
  for suffix in ('.json', '.intoto.jsonl', '.cdx.json'):
    assert f'href="{page_.stem}{suffix}"' in page_.read_text('utf-8')
    assert made.handle in page_.with_suffix(suffix).read_text()


def test_an_export_says_what_was_proven_and_how_fast_it_is(site):
  text = (site / f'{some_site.LITERT.origin}.html').read_text('utf-8')
  assert 'Each of the 262 variables is the checkpoint' in text
  assert 'Measured by <code>slimhub benchmark</code>' in text
  other = site / 'google/imagenet/resnet_v2_50/classification/5.html'
  plain = re.sub(r'<[^>]+>', '', other.read_text('utf-8'))
  assert 'slimhub export resnet_v2_50/classification/5 --fetch' in plain


def test_what_is_not_a_site_is_not_replaced(tmp_path):
  (tmp_path / 'thesis.txt').write_text('years')
  with pytest.raises(errors.SiteError, match='did not write it'):
    build.write_site(tmp_path)
  assert [path.name for path in tmp_path.iterdir()] == ['thesis.txt']


def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch):
  site = tmp_path / 'site'
  site.mkdir()
  (site / build.MARK).write_text('slimhub 0\n')
  texts = {'index.md': '[nowhere](nowhere.md)\n'}
  monkeypatch.setattr(tree, 'pages', lambda _: texts)
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  with pytest.raises(errors.SiteError, match=r'nowhere\.md'):
    build.write_site(site)
  assert [path.name for path in tmp_path.iterdir()] == ['site']
  assert (site / build.MARK).read_text() == 'slimhub 0\n'


def test_a_site_that_cannot_be_put_in_place_leaves_the_old_one(
  tmp_path, monkeypatch
):
  site = tmp_path / 'site'
  site.mkdir()
  (site / build.MARK).write_text('slimhub 0\n')
  monkeypatch.setattr(tree, 'pages', lambda _: {'index.md': '# New\n'})
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  rename = pathlib.Path.rename

  def fail_once_made(path, target):
    if path.name == 'built':
      raise OSError('no more room')
    return rename(path, target)

  monkeypatch.setattr(pathlib.Path, 'rename', fail_once_made)
  with pytest.raises(OSError, match='no more room'):
    build.write_site(site)
  assert [path.name for path in tmp_path.iterdir()] == ['site']
  assert (site / build.MARK).read_text() == 'slimhub 0\n'


def test_what_a_killed_run_left_is_in_nobodys_way(tmp_path, monkeypatch):
  left = tmp_path / '.site.slimhub-staging' / 'work' / 'built'
  left.mkdir(parents=True)
  (left / 'half.html').touch()
  monkeypatch.setattr(tree, 'pages', lambda _: {'index.md': '# New\n'})
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  build.write_site(tmp_path / 'site')
  assert [path.name for path in tmp_path.iterdir()] == ['site']
  assert not (tmp_path / 'site' / 'half.html').exists()


def test_an_old_site_is_replaced_whole(tmp_path, monkeypatch):
  site = tmp_path / 'site'
  site.mkdir()
  (site / build.MARK).touch()
  (site / 'old.html').touch()
  texts = {'index.md': '# New\n'}
  monkeypatch.setattr(tree, 'pages', lambda _: texts)
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  assert build.write_site(site) == build.Site(1, ())
  assert 'New' in (site / 'index.html').read_text()
  assert not (site / 'old.html').exists()
  assert [path.name for path in tmp_path.iterdir()] == ['site']


def _left_out(exports: pathlib.Path, tmp_path: pathlib.Path) -> str:
  """Why the site offers one export not; it offers all others."""
  collection = build._read(exports, tmp_path / 'files')
  (left_out,) = collection.left_out
  stems = {handle.stem: str(handle) for handle in some_site.EXPORTED}
  bad = stems.pop(left_out.name)
  assert collection.files.keys() == set(stems.values())
  for suffix in ('', '.tar.gz'):  # Nor does it lie there without a link.
    assert not (tmp_path / 'files' / f'{bad}{suffix}').exists()
  return left_out.reason


def test_figures_that_cannot_be_read_are_named(tmp_path):
  exports = some_site.exports(tmp_path / 'exports')
  file = places.place(exports, some_site.LITERT.origin).measured
  file.write_text('{')
  assert '5.measured.json does not' in _left_out(exports, tmp_path)


def test_an_export_that_changed_since_is_not_offered(tmp_path):
  exports = some_site.exports(tmp_path / 'exports')
  file = places.place(exports, some_site.LITERT).artifact
  file.write_bytes(b'changed')
  assert 'float32.tflite' in _left_out(exports, tmp_path)
