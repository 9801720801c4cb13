"""A part has one writer, and never the name of what it is a part of."""

import fcntl
import os
import subprocess
import sys
import threading

import pytest

from exporter.storage import part as part_lib
from model_specs import outside

_URL = 'http://example.org/file'


@pytest.fixture(name='part')
def _part(tmp_path):
  return part_lib.Part(tmp_path / 'file.tgz')


def test_it_is_not_found_under_the_name_of_the_whole(part, tmp_path):
  with part.locked():
    part.begin(_URL, '"tag"', 3)
    assert not (tmp_path / 'file.tgz').exists()
    assert {p.name for p in tmp_path.iterdir()} == {
      'file.tgz.part',
      'file.tgz.part.json',
    }


def test_it_remembers_what_it_is_of(part):
  with part.locked():
    part.begin(_URL, '"tag"', 3)
    assert part.validator(_URL) == '"tag"'
    assert part.validator(_URL + '2') is None
    assert not part.is_whole(_URL)
    part.append(b'12')
    part.append(b'3')
  assert part.path.read_bytes() == b'123'
  assert part.is_whole(_URL)
  assert not part.is_whole(_URL + '2')


def test_beginning_anew_forgets_the_bytes_first(part):
  with part.locked():
    part.begin(_URL, '"tag"', 3)
    part.append(b'12')
    part.begin(_URL, '"other"', 4)
    assert part.size == 0
    assert part.validator(_URL) == '"other"'


def test_finished_it_has_its_name_and_nothing_is_left(part, tmp_path):
  with part.locked():
    part.begin(_URL, None, None)
    part.append(b'123')
    part.finish()
  assert [p.name for p in tmp_path.iterdir()] == ['file.tgz']


def test_an_empty_one_leaves_nothing(part, tmp_path):
  with part.locked():
    part.begin(_URL, '"tag"', 3)
  assert not list(tmp_path.iterdir())


def test_a_begun_one_stays(part):
  with part.locked():
    part.begin(_URL, '"tag"', 3)
    part.append(b'12')
  assert part.size == 2


@pytest.mark.parametrize('note', ['{', '[]', '[' * 9000, '{"url": 1}'])
def test_a_note_that_is_none_is_no_knowledge(part, note):
  part.path.with_name('file.tgz.part.json').write_text(note)
  assert part.validator(_URL) is None
  assert not part.is_whole(_URL)


@pytest.mark.parametrize('name', ['file.tgz.part', 'file.tgz.part.json'])
def test_a_link_is_not_followed(part, tmp_path, name):
  (tmp_path / 'precious').write_bytes(b'mine')
  (tmp_path / name).symlink_to('precious')
  with (
    pytest.raises(outside.NotUsableError, match='a link to precious, exp') as e,
    part.locked(),
  ):
    part.begin(_URL, None, 3)
  assert e.value.filename == str(tmp_path / name)
  assert (tmp_path / 'precious').read_bytes() == b'mine'


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_refused(part, make):
  make(part.path)
  with pytest.raises(outside.NotUsableError, match='no file'), part.locked():
    pass


def test_who_discards_a_part_stays_its_only_writer(part, tmp_path):
  second_part = part_lib.Part(tmp_path / 'file.tgz')
  taken = threading.Event()

  def take() -> None:
    with second_part.locked():
      taken.set()
      second_part.append(b'theirs')

  thread = threading.Thread(target=take)
  with part.locked():
    part.begin(_URL, None, 3)
    part.append(b'1')
    part.discard()
    assert part.size == 0
    thread.start()
    assert not taken.wait(0.2)
    part.begin(_URL, None, 3)
    part.append(b'mine')
    part.finish()
  thread.join()
  assert (tmp_path / 'file.tgz').read_bytes() == b'mine'
  assert second_part.path.read_bytes() == b'theirs'


_CHILD = """
import pathlib, sys
from exporter.storage import part
with part.Part(pathlib.Path(sys.argv[1])).locked():
  print('mine', flush=True)
  sys.stdin.read()
"""


@pytest.mark.parametrize('end', ['close', 'kill', 'rename'])
def test_another_process_waits_for_its_turn(part, tmp_path, end):
  child = subprocess.Popen(
    [sys.executable, '-c', _CHILD, str(tmp_path / 'file.tgz')],
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
  )
  assert child.stdout
  child.stdout.readline()
  taken = threading.Event()

  def take() -> None:
    with part.locked():
      with (
        part.path.open() as file,
        pytest.raises(BlockingIOError),
      ):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
      taken.set()
      part.append(b'mine')

  thread = threading.Thread(target=take)
  thread.start()
  assert not taken.wait(0.2)
  if end == 'rename':
    part.path.rename(tmp_path / 'file.tgz')
  if end == 'kill':
    child.kill()
  child.communicate()
  thread.join()
  assert taken.is_set()
  assert part.path.read_bytes() == b'mine'
  if end == 'rename':
    assert (tmp_path / 'file.tgz').read_bytes() == b''


def test_it_is_on_the_disk_before_it_has_its_name(part, tmp_path, monkeypatch):
  target, synced = tmp_path / 'file.tgz', []
  monkeypatch.setattr(
    'exporter.storage.disk.sync',
    lambda path: synced.append((path, target.exists())),
  )
  with part.locked():
    part.begin(_URL, None, 3)
    part.append(b'123')
    part.finish()
  assert synced == [(part.path, False)]
  assert target.read_bytes() == b'123'
