"""A seeded cache: what is laid in, kept, replaced, and what is left."""

import pytest

from exporter import results as results_lib
from exporter.hub import tfhub_cache
from exporter.storage import contents
from exporter.storage import folder as folder_lib
from tests import file_tree
from tests import some_exports
from tests import some_manifest

_HUB = 'https://tfhub.dev'
_URL = f'{_HUB}/{some_exports.TF2}'


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='cache')
def _cache(tmp_path):
  return tmp_path / 'cache'


def _run(exports, cache, force=False) -> dict[str, results_lib.Result]:
  results = tfhub_cache.seed_tfhub(
    folder_lib.items(exports), cache, _HUB, force
  )
  return {result.name: result for result in results}


def _statuses(exports, cache, **changes) -> set[str]:
  return {r.status for r in _run(exports, cache, **changes).values()}


def test_a_folder_a_url_and_a_descriptor_beside_it(exports, cache):
  found = _run(exports, cache)
  assert set(found) == {f'{_HUB}/{some_exports.TF1}', _URL}
  for url, result in found.items():
    assert result.status == results_lib.SEEDED
    made = some_manifest.read(exports / f'{url.removeprefix(_HUB)[1:]}.json')
    assert not contents.differences(made, cache / tfhub_cache.key(url))
    descriptor = cache / f'{tfhub_cache.key(url)}.descriptor.txt'
    assert descriptor.read_text().startswith(f'Module: {url}\n')
  assert len(list(cache.iterdir())) == 4


def test_a_second_run_keeps_and_a_new_export_replaces(exports, cache):
  _run(exports, cache)
  assert _statuses(exports, cache) == {results_lib.KEPT}
  made = some_exports.add(exports, some_exports.TF2, 'new')
  assert _run(exports, cache)[_URL].status == results_lib.SEEDED
  assert not contents.differences(made, cache / tfhub_cache.key(_URL))
  assert len(list(cache.iterdir())) == 4


def test_what_others_put_there_stays_unless_forced(exports, cache):
  folder = cache / tfhub_cache.key(_URL)
  folder.mkdir(parents=True)
  (folder / 'saved_model.pb').write_text('downloaded')
  found = _run(exports, cache)[_URL]
  assert found.status == results_lib.FAILED
  assert '--force' in found.reason
  assert file_tree.read(folder) == {'saved_model.pb': b'downloaded'}
  assert _run(exports, cache, force=True)[_URL].status == results_lib.SEEDED


def test_an_empty_folder_is_nobodys(exports, cache):
  (cache / tfhub_cache.key(_URL)).mkdir(parents=True)
  assert _run(exports, cache)[_URL].status == results_lib.SEEDED


def test_what_is_damaged_is_not_seeded(exports, cache):
  (exports / some_exports.TF2 / 'saved_model.pb').write_text('x')
  assert _run(exports, cache)[_URL].status == results_lib.FAILED
  assert not (cache / tfhub_cache.key(_URL)).exists()
  assert len(list(cache.iterdir())) == 2
