"""A seeded cache of kagglehub, as kagglehub itself reads and changes it."""

from concurrent import futures
import pathlib
import shutil

import kagglehub
from kagglehub import cache as client
from kagglehub import handle as handle_lib
import pytest

from exporter import results as results_lib
from tests import file_tree
from tests import some_exports
from tests.hub import caches

_NAME = 'google/mobilenet-v1/tensorFlow2/025-128-classification/2'
_SPELLED = _NAME.replace('tensorFlow2', 'TensorFlow2')
_ALL = tuple(
  _NAME.replace('tensorFlow2', framework)
  for framework in ('tensorFlow2', 'TensorFlow2', 'tensorflow2')
)
_PREVIEWED = 'google/imagenet/mobilenet_v2_100_224/classification/5'
_PREVIEW = 'google/mobilenet-v2/tensorFlow2/tf2-preview-classification/4'


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='cache')
def _cache(tmp_path, monkeypatch):
  cache = caches.Kagglehub(tmp_path / 'cache')
  monkeypatch.setenv('KAGGLEHUB_CACHE', str(cache.root))
  monkeypatch.setenv('HTTPS_PROXY', 'http://127.0.0.1:9')  # Nobody's.
  return cache


def _download(*arguments, **options) -> pathlib.Path:
  """Downloads in a thread of its own, which nobody has called.

  kagglehub reads the source of all its callers six times, and those that pytest
  adds to a test are so many that this would take longer than all else.
  """
  with futures.ThreadPoolExecutor(1) as thread:
    done = thread.submit(kagglehub.model_download, *arguments, **options)
    return pathlib.Path(done.result())


def _parsed(name) -> handle_lib.ModelHandle:
  return handle_lib.parse_model_handle(name)


@pytest.mark.parametrize('name', _ALL)
def test_kagglehub_takes_all_spellings_and_single_files(exports, cache, name):
  with pytest.raises(Exception, match=r'.'):
    _download(name)
  cache.seed(exports)
  expected = file_tree.read(exports / some_exports.TF2)
  folder = _download(name)
  assert folder == cache.folder(name)
  assert file_tree.read(folder) == expected
  for path, data in expected.items():
    assert _download(name, path).read_bytes() == data
  with pytest.raises(Exception, match=r'.'):
    _download(name, 'assets/nothing.txt')


def test_every_format_is_a_framework(exports, cache):
  results = cache.seed(exports)
  expected = {
    'tensorFlow1/025-128-classification/2': some_exports.TF1,
    'tensorFlow2/025-128-classification/2': some_exports.TF2,
    'tfLite/025-128-classification/2': some_exports.LITE,
    'onnx/025-128-classification/2': some_exports.ONNX,
  }
  expected = {f'google/mobilenet-v1/{k}': v for k, v in expected.items()}
  assert set(results) == set(expected)
  for name, exported in expected.items():
    files, path = file_tree.read(_download(name)), exports / exported
    is_file = path.is_file()
    assert files == (
      {path.name: path.read_bytes()} if is_file else file_tree.read(path)
    )


def test_the_preview_names_lead_to_the_same_files(exports, cache):
  some_exports.add(exports, _PREVIEWED)
  cache.seed(exports)
  for number in range(1, 5):
    for framework in ('tensorFlow2', 'TensorFlow2'):
      name = f'{_PREVIEW[:-1]}{number}'.replace('tensorFlow2', framework)
      files = file_tree.read(_download(name))
      assert files == file_tree.read(exports / _PREVIEWED)


@pytest.mark.parametrize('gone', _ALL)
def test_kagglehub_removes_one_name_and_no_other(exports, cache, gone):
  """As `force_download` does before it asks the network."""
  cache.seed(exports)
  client.delete_from_cache(_parsed(gone))
  expected = file_tree.read(exports / some_exports.TF2)
  assert cache.take(gone) is None
  for name in _ALL:
    assert cache.take(name) == (None if name == gone else expected)
  assert cache.seed(exports)[_NAME].status == results_lib.SEEDED
  assert all(cache.take(name) == expected for name in _ALL)


def test_a_file_that_kagglehub_replaces_is_replaced_under_one_name(
  exports, cache
):
  cache.seed(exports)
  client.delete_from_cache(_parsed(_SPELLED), 'saved_model.pb')
  (cache.folder(_SPELLED) / 'saved_model.pb').write_text('downloaded')
  client.Cache().mark_as_complete(_parsed(_SPELLED), 'saved_model.pb')
  assert cache.take(_NAME) == file_tree.read(exports / some_exports.TF2)


def _as_downloaded(cache, name) -> None:
  client.delete_from_cache(_parsed(name))
  folder = cache.folder(name)
  folder.mkdir(parents=True)
  (folder / 'saved_model.pb').write_text('downloaded')
  client.Cache().mark_as_complete(_parsed(name))


@pytest.mark.parametrize('name', _ALL)
def test_what_kagglehub_downloads_is_its_own_from_then_on(exports, cache, name):
  cache.seed(exports)
  _as_downloaded(cache, name)
  result = cache.seed(exports)[_NAME]
  assert result.status == results_lib.FAILED
  assert str(cache.folder(name)) in result.reason
  assert cache.take(name) == {'saved_model.pb': b'downloaded'}
  assert cache.seed(exports, force=True)[_NAME].status == results_lib.SEEDED
  assert cache.take(name) == file_tree.read(exports / some_exports.TF2)


def test_a_download_that_was_interrupted_is_not_slimhubs(exports, cache):
  cache.folder(_NAME).mkdir(parents=True)
  (cache.folder(_NAME) / 'saved_model.pb').write_text('downlo')
  assert cache.seed(exports)[_NAME].status == results_lib.FAILED
  assert cache.take(_NAME) is None
  assert cache.seed(exports, force=True)[_NAME].status == results_lib.SEEDED


def test_other_versions_of_a_variation_stay(exports, cache):
  other_version = f'{_NAME[:-1]}7'
  _as_downloaded(cache, other_version)
  client.Cache().mark_as_complete(_parsed(other_version), 'saved_model.pb')
  assert cache.seed(exports, force=True)[_NAME].status == results_lib.SEEDED
  assert cache.take(other_version) == {'saved_model.pb': b'downloaded'}
  assert _download(other_version, 'saved_model.pb').is_file()


def test_a_file_system_that_takes_one_spelling_for_another(exports, cache):
  framework = cache.folder(_NAME).parents[1]
  framework.mkdir(parents=True)
  for spelled in ('TensorFlow2', 'tensorflow2'):
    framework.with_name(spelled).symlink_to(framework.name)
  for _ in range(2):
    some_exports.add(exports, some_exports.TF2, 'new')
    cache.seed(exports)
    expected = file_tree.read(exports / some_exports.TF2)
    assert all(file_tree.read(_download(name)) == expected for name in _ALL)
    assert (cache.folder(_SPELLED) / 'saved_model.pb').stat().st_nlink == 1
    assert cache.statuses(exports) == {results_lib.KEPT}


def test_a_file_that_is_in_no_export_any_more_is_in_no_name(exports, cache):
  cache.seed(exports)
  shutil.rmtree(exports / some_exports.TF2 / 'variables')
  some_exports.describe(exports, some_exports.TF2)
  cache.seed(exports)
  for name in _ALL:
    assert {path.name for path in _download(name).iterdir()} == {
      'saved_model.pb'
    }
    marks = cache.folder(name).with_name('.complete') / '2'
    assert set(file_tree.read(marks)) == {'saved_model.pb.complete'}


def test_nothing_of_slimhubs_lies_in_a_models_folder(exports, cache):
  cache.seed(exports)
  beside = {path.name for path in cache.folder(_NAME).parent.iterdir()}
  assert beside == {'.complete', '2', '2.complete'}
