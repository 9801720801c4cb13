"""Packed exports: what is there, what is kept, what is refused."""

import json
import pathlib
import shutil
import types

import pytest

from exporter import errors
from exporter import results
from exporter.hub import ledger
from exporter.hub import pack
from exporter.storage import folder
from exporter.storage import lock
from tests import file_tree
from tests import hidden
from tests import some_exports

_NAME, _TF1, _TF2 = some_exports.NAME, some_exports.TF1, some_exports.TF2

_BESIDE = ('.json', '.md', '.intoto.jsonl', '.cdx.json')


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='packed')
def _packed(tmp_path):
  return tmp_path / 'packed'


def _run(exports, packed) -> dict[str, str]:
  return {
    r.name: r.status for r in pack.pack_exports(folder.items(exports), packed)
  }


def _remove(exports) -> None:
  """Removes an artifact, with all that is said of it."""
  (exports / f'{_TF2}.json').unlink()
  shutil.rmtree(exports / _TF2)


def _states(packed):
  return {
    path: (path.stat().st_ino, path.stat().st_mtime_ns)
    for path in packed.rglob('*')
    if path.is_file()
  }


def test_what_is_there(exports, packed):
  assert set(_run(exports, packed).values()) == {results.PACKED}
  expected = {'index.html', 'index.json', ledger.FILE}
  lite = f'{_NAME}.litert/float32.tflite'
  expected |= {lite, *(f'{_NAME}{s}' for s in ('.tar.gz', '.html'))}
  for handle in (_TF1, _TF2):
    expected |= {f'{handle}{s}' for s in ('.tar.gz', '.html', *_BESIDE)}
  for file in (some_exports.LITE, some_exports.ONNX):
    base = file.rpartition('.')[0]
    expected |= {file, *(f'{base}{suffix}' for suffix in _BESIDE)}
  assert set(file_tree.read(packed)) == expected
  newest = packed / f'{_NAME}.tar.gz'
  assert newest.samefile(packed / f'{_TF2}.tar.gz')
  assert (packed / lite).samefile(packed / some_exports.LITE)
  assert 'url=classification/5"' in (packed / f'{_NAME}.html').read_text()


def test_a_second_run_writes_nothing(exports, packed):
  _run(exports, packed)
  before = _states(packed)
  assert set(_run(exports, packed).values()) == {results.KEPT}
  assert _states(packed) == before


def test_what_changed_is_packed_again_and_what_is_gone_removed(exports, packed):
  _run(exports, packed)
  some_exports.add(exports, _TF1, 'new')
  _remove(exports)
  statuses = _run(exports, packed)
  assert statuses[_TF1] == results.PACKED
  assert _TF2 not in statuses
  assert not (packed / f'{_TF2}.tar.gz').exists()
  assert not (packed / f'{_TF2}.html').exists()
  newest = packed / f'{_NAME}.tar.gz'
  assert newest.samefile(packed / f'{_TF1}.tar.gz')


def test_what_fails_stays_as_it_was_packed(exports, packed):
  _run(exports, packed)
  before = file_tree.read(packed)
  some_exports.add(exports, _TF1, 'new')
  (exports / _TF1 / 'saved_model.pb').write_text('damaged')
  statuses = _run(exports, packed)
  assert statuses[_TF1] == results.FAILED
  assert statuses[_TF2] == results.KEPT
  assert file_tree.read(packed) == before


@pytest.mark.parametrize('name', ['google', _NAME, f'{_TF2}.litert'])
def test_what_a_folder_hides_stays_as_it_was_packed(
  exports, packed, monkeypatch, name
):
  _run(exports, packed)
  index = packed / 'index.json'
  before, listed = file_tree.read(packed), json.loads(index.read_text())
  hidden.hide(monkeypatch, exports / name)
  assert _run(exports, packed)[name] == results.FAILED
  after = file_tree.read(packed)
  for path in ('index.json', ledger.FILE):  # The second has its hash.
    after[path] = before[path]
  assert after == before
  assert json.loads(index.read_text()) == {**listed, 'left_out': [name]}


def test_an_artifact_that_is_gone_stays_while_its_manifest_is_there(
  exports, packed
):
  _run(exports, packed)
  shutil.rmtree(exports / _TF2)
  assert _run(exports, packed)[_TF2] == results.FAILED
  assert (packed / f'{_TF2}.tar.gz').exists()


@pytest.mark.parametrize('lose', [pathlib.Path.unlink, pathlib.Path.touch])
def test_an_artifact_without_its_manifest_stays_as_it_was_packed(
  exports, packed, lose
):
  _run(exports, packed)
  before = file_tree.read(packed)
  manifest = exports / f'{_TF2}.json'
  manifest.unlink()
  manifest.touch()  # As after a power cut.
  lose(manifest)
  assert _run(exports, packed)[_TF2] == results.FAILED
  after = file_tree.read(packed)
  assert json.loads(after['index.json'])['left_out'] == [_TF2]
  for path in ('index.json', ledger.FILE):
    after[path] = before[path]
  assert after == before


def test_what_never_was_whole_is_in_no_index(exports, packed):
  (exports / _TF1 / 'saved_model.pb').write_text('damaged')
  assert _run(exports, packed)[_TF1] == results.FAILED
  index = json.loads((packed / 'index.json').read_text())
  assert _TF1 not in [entry['handle'] for entry in index['exports']]


def test_a_folder_of_others_is_left(exports, packed):
  packed.mkdir()
  (packed / 'thesis.tex').touch()
  with pytest.raises(errors.HubError, match='slimhub did not pack'):
    _run(exports, packed)
  assert (packed / 'thesis.tex').exists()


def test_what_lies_beside_it_is_left(exports, packed):
  _run(exports, packed)
  others = ('.git/HEAD', 'CNAME', 'google/robots.txt', f'{_NAME}/mine')
  for name in others:
    (packed / name).parent.mkdir(exist_ok=True)
    (packed / name).write_text('mine')
  some_exports.add(exports, _TF1, 'new')
  _remove(exports)
  _run(exports, packed)
  assert not (packed / f'{_TF2}.tar.gz').exists()
  for name in others:
    assert (packed / name).read_text() == 'mine'


@pytest.mark.parametrize('text', ['["slimhub", "other"]', '"slimhub"', '{}'])
def test_the_index_of_others_is_not_ours(exports, packed, text):
  packed.mkdir()
  (packed / 'index.json').write_text(text)
  with pytest.raises(errors.HubError, match='slimhub did not pack'):
    _run(exports, packed)


def _damage(path):
  path.write_bytes(b'garbage')


@pytest.mark.parametrize('harm', [_damage, pathlib.Path.unlink])
@pytest.mark.parametrize('name', [f'{_TF2}.tar.gz', some_exports.ONNX])
def test_what_was_damaged_is_packed_again(exports, packed, harm, name):
  _run(exports, packed)
  before = file_tree.read(packed)
  harm(packed / name)
  statuses = [*_run(exports, packed).values()]
  assert statuses.count(results.PACKED) == 1
  assert file_tree.read(packed) == before


def test_a_run_that_was_killed_is_completed(exports, packed):
  run = pack.pack_exports(folder.items(exports), packed)
  next(run)
  assert isinstance(run, types.GeneratorType)
  run.close()
  assert _run(exports, packed)[_TF1] == results.KEPT
  assert (packed / f'{_NAME}.html').exists()
  assert not (packed / '.slimhub-staging').exists()


def test_one_packs_at_a_time(exports, packed):
  with (
    lock.hold(packed),
    pytest.raises(errors.ExportError, match='another slimhub'),
  ):
    _run(exports, packed)
