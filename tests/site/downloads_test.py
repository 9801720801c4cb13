"""What the site offers for download, and what it tells of without copies."""

import hashlib
import pathlib
import tarfile

import pytest

from exporter.site import build
from exporter.site import entries
from exporter.site import page
from exporter.site import tree
from exporter.storage import places
from tests import some_manifest
from tests.site import some_site


@pytest.fixture(name='site', scope='module')
def _site(tmp_path_factory) -> pathlib.Path:
  return some_site.built(tmp_path_factory)


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
  manifest = some_manifest.read(page_.with_suffix('.json'))
  assert manifest.handle == str(handle)
  for suffix in ('.json', '.intoto.jsonl', '.cdx.json'):
    assert f'href="{page_.stem}{suffix}"' in page_.read_text('utf-8')
    assert manifest.handle in page_.with_suffix(suffix).read_text()


def test_without_downloads_exports_are_told_of_and_not_copied(tmp_path):
  exports = some_site.exports(tmp_path / 'exports')
  # None of their files is read.
  places.place(exports, some_site.LITERT).artifact.write_bytes(b'changed')
  root = tmp_path / 'files'
  collection = build._read(exports, root, has_downloads=False)
  assert not collection.files
  assert not collection.left_out
  exported = {name for entry in collection.entries for name in entry.made}
  assert exported == set(map(str, some_site.EXPORTED))
  written = {
    p.relative_to(root).as_posix() for p in root.rglob('*') if p.is_file()
  }
  assert written == {
    f'{handle.stem}{suffix}'
    for handle in some_site.EXPORTED
    for suffix in ('.json', '.intoto.jsonl', '.cdx.json')
  }
  texts = tree.pages(collection)
  for handle in some_site.EXPORTED:
    text = texts[entries.page(handle)]
    assert f'href="{pathlib.PurePath(handle.stem).name}.json"' in text
    assert 'tar.gz"' not in text
    assert 'slimhub export mobilenet_v1_025_128/' not in text.split('\n## ')[1]
  assert 'files to download' not in texts[page.HOME]


def _left_out(exports: pathlib.Path, tmp_path: pathlib.Path) -> str:
  """The reason why the site leaves out one export; it offers all others."""
  collection = build._read(exports, tmp_path / 'files')
  (left_out,) = collection.left_out
  stems = {handle.stem: str(handle) for handle in some_site.EXPORTED}
  bad = stems.pop(left_out.name)
  assert collection.files.keys() == set(stems.values())
  for suffix in ('', '.tar.gz'):  # The file is not there without a link either.
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
