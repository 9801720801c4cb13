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
from tests import some_exports
from tests import some_spec_file

_TF2 = some_exports.TF2


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


def _handles(found: listing.Listing) -> list[str]:
  return [made.handle for made in found.now().manifests]


def test_what_did_not_change_is_not_read_again(exports):
  found = listing.Listing(exports)
  first = found.now()
  (exports / f'{_TF2}.md').write_text('Another card.')
  assert found.now() is first


@pytest.mark.parametrize('name', [_TF2, some_exports.LITE])
def test_what_changed_is_read_again(exports, name):
  found = listing.Listing(exports)
  before = _handles(found)
  manifest = (exports / name).with_suffix('.json')
  text = manifest.read_text()
  manifest.unlink()
  assert _handles(found) == [each for each in before if each != name]
  manifest.write_text(text)
  assert _handles(found) == before
  manifest.write_text(text.replace('1.9e-06', '1.8e-06'))
  (made,) = [each for each in found.now().manifests if each.handle == name]
  assert made.proof[0].difference == 1.8e-06


def test_a_folder_may_hold_nothing_at_times(exports):
  found = listing.Listing(exports)
  found.now()
  shutil.rmtree(exports / 'google')
  assert not _handles(found)
  some_exports.add(exports, _TF2)
  assert _handles(found) == [_TF2]


def test_who_asks_meanwhile_gets_what_was_there_before(exports, monkeypatch):
  found = listing.Listing(exports)
  before = _handles(found)
  reads, goes_on = threading.Event(), threading.Event()
  items = storage.items

  def slow(folder: pathlib.Path) -> object:
    reads.set()
    goes_on.wait()
    return items(folder)

  monkeypatch.setattr(storage, 'items', slow)
  (exports / f'{_TF2}.json').unlink()
  reader = threading.Thread(target=found.now)
  reader.start()
  reads.wait()
  assert _handles(found) == before
  goes_on.set()
  reader.join()
  assert _TF2 not in _handles(found)


def test_a_damaged_manifest_is_left_out_and_named(exports):
  found = listing.Listing(exports)
  before = _handles(found)
  (exports / f'{_TF2}.json').write_text('{')
  assert _handles(found) == [name for name in before if name != _TF2]
  assert [each.name for each in found.now().left_out] == [_TF2]
  assert json.loads(found.now().json)['left_out'] == [_TF2]


def test_who_asks_often_makes_it_look_once_a_second(exports, monkeypatch):
  found = listing.Listing(exports)
  looked = []
  look = found.now
  monkeypatch.setattr(found, 'now', lambda: looked.append(look()))
  clock = 100.0
  monkeypatch.setattr(time, 'monotonic', lambda: clock)
  for _ in range(1000):
    assert found.recent().manifests
  assert len(looked) == 1
  clock += 1
  found.recent()
  assert len(looked) == 2


def test_a_folder_that_takes_long_is_looked_at_less_often(exports, monkeypatch):
  found = listing.Listing(exports)
  clock, looked = [100.0], []

  def slow() -> None:
    looked.append(clock[0])
    clock[0] += 1

  monkeypatch.setattr(found, 'now', slow)
  monkeypatch.setattr(time, 'monotonic', lambda: clock[0])
  for _ in range(100):
    found.recent()
    clock[0] += 0.5
  assert len(looked) <= 6


def test_a_folder_that_is_gone_is_as_it_was(exports):
  found = listing.Listing(exports)
  before = found.recent()
  shutil.rmtree(exports)
  assert found.recent() is before


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
