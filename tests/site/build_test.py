"""The built site: whole, linked, readable from any folder and without a net."""

import base64
from html import parser
import pathlib
import posixpath
import re
import urllib.parse

import pytest

from exporter import errors
from exporter.site import build
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
    # Pages that only redirect have a test of their own.
    if 'http-equiv="refresh"' not in (text := path.read_text('utf-8'))
    and path.name != '404.html'  # No link leads to this page.
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
  for name, parsed_page in pages.items():
    for url in (*parsed_page.links, *parsed_page.loads):
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
  reached, coming = set(), ['index.html']
  while coming:
    name = coming.pop()
    if name in pages and name not in reached:
      reached.add(name)
      links = pages[name].links
      coming += [_inside(name, u)[0] for u in links if not _is_elsewhere(u)]
  assert reached == pages.keys()


def test_nothing_is_loaded_from_elsewhere(site, pages):
  assert not [u for p in pages.values() for u in p.loads if _is_elsewhere(u)]
  for path in site.rglob('*.css'):
    urls = re.findall(r'url\(["\']?(\w+:)?//', path.read_text('utf-8'))
    assert not urls, path


def test_pages_have_what_search_engines_and_screen_readers_need(pages):
  for name, parsed_page in pages.items():
    assert parsed_page.lang == 'en', name
    assert parsed_page.title.strip(), name
    assert parsed_page.description, name
    assert parsed_page.headings.count(1) == 1, name
    steps = zip(parsed_page.headings, parsed_page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps), name
    assert all('alt' in picture for picture in parsed_page.pictures), name
  titles = [parsed_page.title for parsed_page in pages.values()]
  assert len(set(titles)) == len(titles)


def test_every_guide_is_a_page(pages):
  docs = source_tree.ROOT / 'docs'
  written = [path for form in ('*.md', '*.ipynb') for path in docs.glob(form)]
  pictures = {'bench.svg'}
  linked = {path.name for path in (build.HERE / 'guides').iterdir()}
  assert linked == {path.name for path in written} | pictures, (
    'link each of docs/ from exporter/site/guides'
  )
  for path in written:
    assert f'{page.GUIDES}/{path.stem}.html' in pages


def test_the_chart_of_speed_is_in_its_page(pages):
  *_, chart = pages[f'{page.GUIDES}/speed.html'].pictures
  kind, _, content = str(chart['src']).partition(';base64,')
  assert kind == 'data:image/svg+xml'
  results = source_tree.ROOT / 'benchmarks/results'
  assert base64.b64decode(content) == (results / 'bench.svg').read_bytes()


def test_a_notebook_is_shown_with_what_its_cells_showed(pages):
  tour = pages[f'{page.GUIDES}/tour.html']
  alts = [str(picture['alt']).split()[0] for picture in tour.pictures]
  assert alts[-3:] == ['One', 'Loss', 'Confusion']
  inside = [url for url in tour.loads if url.startswith('data:image/png')]
  assert len(inside) == 3


def test_an_export_says_what_was_proven_and_how_fast_it_is(site):
  text = (site / f'{some_site.LITERT.origin}.html').read_text('utf-8')
  assert 'Each of the 262 variables is the checkpoint' in text
  assert 'Measured by <code>slimhub benchmark</code>' in text
  plain = re.sub(r'<[^>]+>', ' ', text)
  offered = plain[plain.index('Download') :].split('LiteRT, float32')[0]
  assert 'ms an image' in offered
  assert ' 10.00 ' in offered
  assert 'MB of memory' in offered
  assert ' 688 ' in offered
  assert 'tensorflow/serving' in plain
  unexported = site / 'google/imagenet/resnet_v2_50/classification/5.html'
  plain = re.sub(r'<[^>]+>', '', unexported.read_text('utf-8'))
  assert 'slimhub export resnet_v2_50/classification/5 --fetch' in plain


def test_the_speed_of_files_that_were_replaced_is_not_shown(tmp_path):
  exports = some_site.exports(tmp_path / 'exports')
  handle = some_site.LITERT.origin

  def latency() -> float | None:
    read = build._read(exports, tmp_path / 'site', has_downloads=False)
    entry = next(each for each in read.entries if handle in each.handles)
    return entry.latency(handle)

  assert latency() == pytest.approx(10)
  place = places.place(exports, handle)
  manifest = some_manifest.make(handle, hashed='ef' * 32)
  place.manifest.write_text(manifest.to_json())
  assert latency() is None


def test_what_is_not_a_site_is_not_replaced(tmp_path):
  (tmp_path / 'thesis.txt').write_text('years')
  with pytest.raises(errors.SiteError, match='did not write it'):
    build.write_site(tmp_path)
  assert [path.name for path in tmp_path.iterdir()] == ['thesis.txt']


# The second is where a run was killed between taking it away and replacing it.
@pytest.mark.parametrize(
  'place', ['site', '.site.slimhub-staging/work/replaced']
)
def test_a_failed_build_leaves_the_old_site(tmp_path, monkeypatch, place):
  (tmp_path / place).mkdir(parents=True)
  (tmp_path / place / build.MARK).write_text('slimhub 0\n')
  site = tmp_path / 'site'
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
  leftover = tmp_path / '.site.slimhub-staging' / 'work' / 'built'
  leftover.mkdir(parents=True)
  (leftover / 'half.html').touch()
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


def test_a_map_of_the_site_has_the_addresses_that_it_will_have(
  tmp_path, monkeypatch
):
  site = tmp_path / 'site'
  texts = {'index.md': '# New\n', 'guides/a.md': '# A\n'}
  monkeypatch.setattr(tree, 'pages', lambda _: texts)
  monkeypatch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
  build.write_site(site)
  assert not list(site.glob('sitemap*'))
  build.write_site(site, url='https://example.org/sub')
  addresses = re.findall('<loc>(.*)</loc>', (site / 'sitemap.xml').read_text())
  assert sorted(addresses) == [
    'https://example.org/sub/guides/a.html',
    'https://example.org/sub/index.html',
  ]
  page_ = (site / 'guides' / 'a.html').read_text()
  assert 'rel="canonical" href="https://example.org/sub/guides/a.html"' in page_
  links = _Page(page_)
  urls = [*links.links, *links.loads]
  assert not [url for url in urls if url.startswith('/')]
