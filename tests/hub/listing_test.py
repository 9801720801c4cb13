"""The list of all exports is that of this moment, and is seldom read."""

import json
import logging
import pathlib
import shutil
import threading
import time

import pytest

from exporter import storage
from exporter.hub import listing
from tests import hidden
from tests import some_exports
from tests import some_spec_file

_TF2 = some_exports.TF2
_OTHER = _TF2.replace('classification', 'feature_vector')


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


def _handles(live_listing: listing.Listing) -> list[str]:
  return [manifest.handle for manifest in live_listing.now().manifests]


def test_what_did_not_change_is_not_read_again(exports):
  live_listing = listing.Listing(exports)
  first = live_listing.now()
  (exports / f'{_TF2}.md').write_text('Another card.')
  assert live_listing.now() is first


@pytest.mark.parametrize('name', [_TF2, some_exports.LITE])
def test_what_changed_is_read_again(exports, name):
  live_listing = listing.Listing(exports)
  before = _handles(live_listing)
  manifest = (exports / name).with_suffix('.json')
  text = manifest.read_text()
  manifest.unlink()
  assert _handles(live_listing) == [
    handle for handle in before if handle != name
  ]
  manifest.write_text(text)
  assert _handles(live_listing) == before
  manifest.write_text(text.replace('1.9e-06', '1.8e-06'))
  (changed,) = [m for m in live_listing.now().manifests if m.handle == name]
  assert changed.proof[0].difference == 1.8e-06


def test_a_folder_may_hold_nothing_at_times(exports):
  live_listing = listing.Listing(exports)
  live_listing.now()
  shutil.rmtree(exports / 'google')
  assert not _handles(live_listing)
  some_exports.add(exports, _TF2)
  assert _handles(live_listing) == [_TF2]


def test_who_asks_meanwhile_gets_what_was_there_before(exports, monkeypatch):
  live_listing = listing.Listing(exports)
  before = _handles(live_listing)
  reads, goes_on = threading.Event(), threading.Event()
  items = storage.items

  def slow(folder: pathlib.Path) -> object:
    reads.set()
    goes_on.wait()
    return items(folder)

  monkeypatch.setattr(storage, 'items', slow)
  (exports / f'{_TF2}.json').unlink()
  reader = threading.Thread(target=live_listing.now)
  reader.start()
  reads.wait()
  assert _handles(live_listing) == before
  goes_on.set()
  reader.join()
  assert _TF2 not in _handles(live_listing)


def test_a_damaged_manifest_is_left_out_and_named(exports):
  live_listing = listing.Listing(exports)
  before = _handles(live_listing)
  (exports / f'{_TF2}.json').write_text('{')
  assert _handles(live_listing) == [name for name in before if name != _TF2]
  assert [item.name for item in live_listing.now().left_out] == [_TF2]
  assert json.loads(live_listing.now().json)['left_out'] == [_TF2]


def test_a_hidden_folder_is_named_while_the_others_are_listed(exports, caplog):
  live_listing = listing.Listing(exports)
  _handles(live_listing)
  some_exports.add(exports, _OTHER)
  with (
    pytest.MonkeyPatch.context() as patch,
    caplog.at_level(logging.ERROR, 'uvicorn.error'),
  ):
    hidden.hide(patch, exports / some_exports.NAME)
    (exports / some_exports.NAME).chmod(0o700)  # A hub notices that.
    assert _handles(live_listing) == [_OTHER]
    assert [each.name for each in live_listing.now().left_out] == [
      some_exports.NAME
    ]
    assert json.loads(live_listing.now().json)['left_out'] == [
      some_exports.NAME
    ]
    assert f'{exports / some_exports.NAME} cannot be listed' in caplog.text
  (exports / some_exports.NAME).chmod(0o755)
  assert _TF2 in _handles(live_listing)
  assert not live_listing.now().left_out


def test_who_asks_often_makes_it_look_once_a_second(exports, monkeypatch):
  live_listing = listing.Listing(exports)
  looked = []
  look = live_listing.now
  monkeypatch.setattr(live_listing, 'now', lambda: looked.append(look()))
  clock = 100.0
  monkeypatch.setattr(time, 'monotonic', lambda: clock)
  for _ in range(1000):
    assert live_listing.recent().manifests
  assert len(looked) == 1
  clock += 1
  live_listing.recent()
  assert len(looked) == 2


def test_a_folder_that_takes_long_is_looked_at_less_often(exports, monkeypatch):
  live_listing = listing.Listing(exports)
  clock, looked = [100.0], []

  def slow() -> None:
    looked.append(clock[0])
    clock[0] += 1

  monkeypatch.setattr(live_listing, 'now', slow)
  monkeypatch.setattr(time, 'monotonic', lambda: clock[0])
  for _ in range(100):
    live_listing.recent()
    clock[0] += 0.5
  assert len(looked) <= 6


def test_a_folder_that_is_gone_is_as_it_was(exports):
  live_listing = listing.Listing(exports)
  before = live_listing.recent()
  shutil.rmtree(exports)
  assert live_listing.recent() is before


def test_two_that_declare_one_name_are_told_in_the_log(tmp_path, caplog):
  for name in ('one', 'other'):
    model = some_spec_file.model(
      name=name, also_known_as={'acme/old/3': 'classification/2'}
    )
    (handle,) = (h for h in model.handles((2,)) if h.task == 'classification')
    some_exports.add(tmp_path, handle)
  with caplog.at_level(logging.WARNING, 'uvicorn.error'):
    listed = listing.Listing(tmp_path).now()
  named = listed.known.find('acme/old/3')
  assert named is not None
  assert named.handle.spec.name == 'one'
  assert 'acme/old/3' in caplog.text
  assert 'other' in caplog.text


def test_what_comes_while_the_list_is_read_is_in_the_next(exports, monkeypatch):
  items = storage.items

  def slow(folder):
    found = items(folder)
    if not (exports / _OTHER).exists():
      some_exports.add(exports, _OTHER)
    return found

  monkeypatch.setattr('exporter.storage.items', slow)
  live_listing = listing.Listing(exports)
  assert _OTHER not in _handles(live_listing)
  assert _OTHER in _handles(live_listing)
