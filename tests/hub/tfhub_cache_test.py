"""A seeded cache of tensorflow_hub: keys, descriptors, links, and whose."""

import pytest

from exporter import results as results_lib
from exporter.hub import tfhub_cache
from exporter.storage import contents
from tests import file_tree
from tests import some_exports
from tests import some_manifest
from tests.hub import caches

_HUB = caches.HUB
_URL = f'{_HUB}/{some_exports.TF2}'
_MOVED = 'google/mobilenet-v1/tensorFlow2/025-128-classification/2'
_KAGGLE = f'https://www.kaggle.com/models/{_MOVED}?tfhub-redirect=true'


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='cache')
def _cache(tmp_path):
  return caches.Tfhub(tmp_path / 'cache')


def test_a_folder_for_the_first_url_and_a_descriptor_beside_it(exports, cache):
  results = cache.seed(exports)
  assert set(results) == {f'{_HUB}/{some_exports.TF1}', _URL}
  for url in results:
    manifest = some_manifest.read(
      exports / f'{url.removeprefix(_HUB)[1:]}.json'
    )
    assert not contents.differences(manifest, cache.folder(url))
    descriptor = cache.root / f'{tfhub_cache.key(url)}.descriptor.txt'
    assert descriptor.read_text().startswith(f'Module: {url}\n')


def test_other_urls_are_links_and_nothing_more(exports, cache):
  cache.seed(exports)
  handles = map(some_exports.handle, (some_exports.TF1, some_exports.TF2))
  first, *others = (url for handle in handles for url in cache.names(handle))
  others.remove(_URL)
  assert _KAGGLE in others
  assert first != _URL
  for url in others:
    assert str(cache.folder(url).readlink()) in map(
      tfhub_cache.key, (first, _URL)
    )
  assert len(list(cache.root.iterdir())) == 2 * 2 + len(others)


def test_a_cache_of_an_older_slimhub_gets_its_links(exports, cache):
  cache.seed(exports)
  for url in cache.names(some_exports.handle(some_exports.TF2))[1:]:
    cache.folder(url).unlink()
  before = cache.folder(_URL).stat()
  assert cache.seed(exports)[_URL].status == results_lib.SEEDED
  assert cache.folder(_URL).stat().st_ino == before.st_ino
  assert cache.take(_KAGGLE) == file_tree.read(exports / some_exports.TF2)


def test_what_tensorflow_hub_downloaded_is_not_slimhubs(exports, cache):
  cache.seed(exports)
  link = cache.folder(_KAGGLE)
  link.unlink()
  link.mkdir()
  (link / 'saved_model.pb').write_text('downloaded')
  link.with_name(f'{link.name}.descriptor.txt').write_bytes(
    b'Module: \xff\nDownload Hostname: host (PID: 1)\n'
  )
  some_exports.add(exports, some_exports.TF2, 'new')
  result = cache.seed(exports)[_URL]
  assert result.status == results_lib.FAILED
  assert f'{link}, for {_KAGGLE}, holds what' in result.reason
  count = len(cache.names(some_exports.handle(some_exports.TF2)))
  assert f'under {count - 1} of its {count} URLs' in result.reason
  assert (link / 'saved_model.pb').read_text() == 'downloaded'


def test_a_link_to_a_copy_that_is_gone_is_replaced(exports, cache):
  cache.seed(exports)
  for path in cache.root.iterdir():
    if not path.is_symlink() and path.is_dir():
      path.rename(exports.with_name(path.name))
    elif not path.is_symlink():
      path.unlink()
  assert cache.take(_KAGGLE) is None
  assert cache.statuses(exports) == {results_lib.SEEDED}
  assert cache.take(_KAGGLE) == file_tree.read(exports / some_exports.TF2)


def test_a_copy_that_becomes_a_link_loses_its_descriptor(exports, cache):
  cache.seed(exports, copy=True)
  some_exports.add(exports, some_exports.TF1, 'new')
  some_exports.add(exports, some_exports.TF2, 'new')
  cache.seed(exports)
  assert len(list(cache.root.glob('*.descriptor.txt'))) == 2


@pytest.mark.parametrize('is_gone', [False, True])
def test_a_link_to_another_cache_is_not_slimhubs(
  exports, cache, tmp_path, is_gone
):
  other_cache = caches.Tfhub(tmp_path / 'other')
  other_cache.seed(exports)
  cache.root.mkdir()
  cache.folder(_KAGGLE).symlink_to(other_cache.folder(_URL))
  if is_gone:  # As a disk is that is not mounted.
    other_cache.root.rename(tmp_path / 'elsewhere')
  some_exports.add(exports, some_exports.TF2, 'new')
  assert cache.seed(exports)[_URL].status == results_lib.FAILED
  assert cache.folder(_KAGGLE).readlink() == other_cache.folder(_URL)


def test_a_link_to_a_download_is_not_slimhubs(exports, cache):
  download = cache.root / tfhub_cache.key('https://example.org/other/1')
  download.mkdir(parents=True)
  (download / 'saved_model.pb').write_text('downloaded')
  cache.folder(_KAGGLE).symlink_to(download.name)
  assert cache.seed(exports)[_URL].status == results_lib.FAILED
  assert cache.take(_KAGGLE) == {'saved_model.pb': b'downloaded'}
  assert cache.seed(exports, force=True)[_URL].status == results_lib.SEEDED
  assert file_tree.read(download) == {'saved_model.pb': b'downloaded'}
