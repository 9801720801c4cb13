"""What holds of each seeded cache: names, owners, replacing, being killed."""

import errno
import os
import pathlib
import shutil

import pytest

from exporter import errors
from exporter import results as results_lib
from tests import file_tree
from tests import some_exports
from tests import some_spec_file
from tests.hub import caches

_TF2 = some_exports.handle(some_exports.TF2)


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='cache', params=[caches.Tfhub, caches.Kagglehub])
def _cache(request, tmp_path):
  return request.param(tmp_path / 'cache')


def _is_everywhere(cache, exports, name=some_exports.TF2) -> bool:
  expected = file_tree.read(exports / name)
  handle = some_exports.handle(name)
  return all(cache.take(name) == expected for name in cache.names(handle))


def _links(cache) -> list[pathlib.Path]:
  """All links; of hard ones, every name."""
  return [
    path
    for path in cache.root.rglob('*')
    if path.is_symlink() or (path.is_file() and path.stat().st_nlink > 1)
  ]


def test_every_name_has_the_artifact(exports, cache):
  results = cache.seed(exports)
  for name in (some_exports.TF1, some_exports.TF2):
    names = cache.names(some_exports.handle(name))
    assert _is_everywhere(cache, exports, name)
    assert results[names[0]].status == results_lib.SEEDED
    assert results[names[0]].reason.startswith(f'under {len(names)} ')
    assert results[names[0]].bytes > 0
  assert not (cache.root / '.slimhub-staging').exists()
  assert not (cache.root / '.slimhub-lock').exists()


def test_a_second_run_changes_nothing(exports, cache):
  cache.seed(exports)
  before = {path: path.lstat() for path in cache.root.rglob('*')}
  results = cache.seed(exports)
  assert {result.status for result in results.values()} == {results_lib.KEPT}
  assert all(r.reason.startswith('unchanged under') for r in results.values())
  after = {path: path.lstat() for path in cache.root.rglob('*')}
  assert before.keys() == after.keys()
  for path, facts in before.items():
    assert facts.st_mtime_ns == after[path].st_mtime_ns, path


def test_a_moved_cache_is_as_good(exports, cache, tmp_path):
  cache.seed(exports)
  moved = type(cache)(cache.root.rename(tmp_path / 'elsewhere'))
  assert _is_everywhere(moved, exports)


@pytest.mark.parametrize('copy', [False, True])
def test_a_new_export_is_there_under_every_name(exports, cache, copy):
  cache.seed(exports, copy=copy)
  some_exports.add(exports, some_exports.TF2, 'new')
  results = cache.seed(exports, copy=copy)
  assert results[cache.names(_TF2)[0]].status == results_lib.SEEDED
  assert _is_everywhere(cache, exports)
  assert cache.statuses(exports, copy=copy) == {results_lib.KEPT}


def test_a_name_that_is_missing_is_added(exports, cache):
  cache.seed(exports)
  lost = cache.folder(cache.names(_TF2)[-1])
  if lost.is_symlink():
    lost.unlink()
  else:
    shutil.rmtree(lost)
  results = cache.seed(exports)
  assert results[cache.names(_TF2)[0]].status == results_lib.SEEDED
  assert _is_everywhere(cache, exports)


def test_other_names_take_no_second_copy(exports, cache):
  cache.seed(exports)
  assert len({path.stat().st_ino for path in cache.root.rglob('*.pb')}) == 2
  assert _links(cache)


def test_copies_are_no_links(exports, cache):
  cache.seed(exports, copy=True)
  assert not _links(cache)
  assert _is_everywhere(cache, exports)
  assert cache.statuses(exports) == {results_lib.KEPT}
  some_exports.add(exports, some_exports.TF2, 'new')
  cache.seed(exports)
  assert _links(cache)
  assert _is_everywhere(cache, exports)


@pytest.mark.parametrize('number', [errno.EPERM, errno.EOPNOTSUPP])
def test_where_no_link_can_be_copies_are_named(
  exports, cache, monkeypatch, number
):
  def refuse(path, *_):
    raise OSError(number, os.strerror(number), str(path))

  for name in ('symlink_to', 'hardlink_to'):
    monkeypatch.setattr(pathlib.Path, name, refuse)
  with pytest.raises(errors.ExportError, match=r'links .*--copy'):
    cache.seed(exports)
  cache.seed(exports, copy=True)
  assert _is_everywhere(cache, exports)


def test_a_full_disk_is_no_lack_of_links(exports, cache, monkeypatch):
  def refuse(path, *_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

  for name in ('symlink_to', 'hardlink_to'):
    monkeypatch.setattr(pathlib.Path, name, refuse)
  with pytest.raises(OSError, match='No space left'):
    cache.seed(exports)


@pytest.mark.parametrize('which', [0, -1])
def test_what_others_put_there_stays_unless_forced(exports, cache, which):
  own, taken = cache.names(_TF2)[0], cache.names(_TF2)[which]
  folder = cache.folder(taken)
  folder.mkdir(parents=True)
  (folder / 'saved_model.pb').write_text('downloaded')
  result = cache.seed(exports)[own]
  assert result.status == results_lib.FAILED
  assert str(folder) in result.reason
  assert taken in result.reason
  assert '--force' in result.reason
  assert file_tree.read(folder) == {'saved_model.pb': b'downloaded'}
  others = [name for name in cache.names(_TF2) if name != taken]
  expected = file_tree.read(exports / some_exports.TF2) if which else None
  assert all(cache.take(name) == expected for name in others)
  assert cache.seed(exports, force=True)[own].status == results_lib.SEEDED
  assert _is_everywhere(cache, exports)
  some_exports.add(exports, some_exports.TF2, 'new')
  cache.seed(exports)
  assert _is_everywhere(cache, exports)  # By now it is slimhub's own.


@pytest.mark.parametrize('which', [0, -1])
def test_a_link_or_a_file_of_others_stays_unless_forced(
  exports, cache, tmp_path, which
):
  own, folder = cache.names(_TF2)[0], cache.folder(cache.names(_TF2)[which])
  folder.parent.mkdir(parents=True)
  others = tmp_path / 'others'
  others.mkdir()
  for make in (lambda: folder.symlink_to(others), folder.touch):
    make()
    assert cache.seed(exports)[own].status == results_lib.FAILED
    assert cache.seed(exports, force=True)[own].status == results_lib.SEEDED
    assert _is_everywhere(cache, exports)
    assert others.is_dir()
    shutil.rmtree(cache.root)
    folder.parent.mkdir(parents=True)


def test_an_empty_folder_is_nobodys(exports, cache):
  for name in cache.names(_TF2):
    cache.folder(name).mkdir(parents=True)
  assert cache.statuses(exports) == {results_lib.SEEDED}
  assert _is_everywhere(cache, exports)


def test_what_is_damaged_is_not_seeded(exports, cache):
  (exports / some_exports.TF2 / 'saved_model.pb').write_text('x')
  result = cache.seed(exports)[cache.names(_TF2)[0]]
  assert result.status == results_lib.FAILED
  assert not any(cache.folder(name).exists() for name in cache.names(_TF2))
  assert _is_everywhere(cache, exports, some_exports.TF1)


def _own(exports, **changes):
  """The handle of an own model's export, which it makes."""
  model = some_spec_file.model(**changes)
  (handle,) = (h for h in model.handles((2,)) if h.task == 'classification')
  some_exports.add(exports, handle)
  return handle


def test_of_two_that_claim_a_url_the_first_keeps_it(tmp_path):
  cache, exports = caches.Tfhub(tmp_path / 'cache'), tmp_path / 'exports'
  claimed = 'acme/old/flowers/1'
  meaning = {claimed: 'classification/2'}
  first, second = (
    _own(exports, name=name, also_known_as=meaning) for name in ('a', 'b')
  )
  results = cache.seed(exports)
  url = f'{caches.HUB}/{claimed}'
  assert cache.take(url) == file_tree.read(exports / str(first))
  assert f'{url} is that of {first}' in results[f'{caches.HUB}/{second}'].reason
  assert claimed not in results[f'{caches.HUB}/{first}'].reason
  assert cache.statuses(exports) == {results_lib.KEPT}


def test_nobody_claims_the_handle_of_another(tmp_path):
  cache, exports = caches.Tfhub(tmp_path / 'cache'), tmp_path / 'exports'
  some_exports.add(exports, some_exports.TF2)
  meaning = {some_exports.TF2: 'classification/2'}
  own = _own(exports, also_known_as=meaning)
  assert str(own) < some_exports.TF2
  results = cache.seed(exports)
  assert _is_everywhere(cache, exports)
  assert some_exports.TF2 in results[f'{caches.HUB}/{own}'].reason


def test_one_without_a_name_is_a_failure(tmp_path):
  cache, exports = caches.Kagglehub(tmp_path / 'cache'), tmp_path / 'exports'
  first, second = (
    _own(exports, dataset=dataset, name=name)
    for dataset, name in (('a', 'b_c'), ('a_b', 'c'))
  )
  results = list(cache._seed(exports))
  assert [result.status for result in results] == ['seeded', 'failed']
  assert f'{second} is left without a name' in results[1].reason
  assert f'is that of {first}' in results[1].reason
