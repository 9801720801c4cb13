"""The lock of a process that was killed, and of one that may have been."""

import os
import subprocess
import sys
import threading

import pytest

from exporter import errors
from exporter.storage import holder
from exporter.storage import lock
from tests import object_storage
from tests import source_tree
from tests.storage import racers


@pytest.fixture(scope='module', name='bucket')
def _bucket():
  with object_storage.serve() as bucket:
    yield bucket


def _kill_a_holder(folder: object) -> None:
  """A process takes the lock and is killed."""
  code = (
    'import os, signal, sys\n'
    'from exporter.storage import lock, places\n'
    'with lock.hold(places.parse_folder(sys.argv[1])):\n'
    '  os.kill(os.getpid(), signal.SIGKILL)\n'
  )
  done = subprocess.run(
    [sys.executable, '-c', code, str(folder)], cwd=source_tree.ROOT, check=False
  )
  assert done.returncode == -9


def test_a_killed_holder_frees_a_folder(tmp_path):
  _kill_a_holder(tmp_path)
  with lock.hold(tmp_path):
    assert lock.is_held(tmp_path)


def test_a_killed_holder_of_a_bucket_is_replaced(bucket, monkeypatch, caplog):
  monkeypatch.setattr(lock, '_LAST', 0)
  folder = bucket / 'killed'
  _kill_a_holder(folder)
  assert lock.is_held(folder)
  with lock.hold(folder):
    note = (folder / '.slimhub-lock').read_text()
    assert note.startswith(f'process {os.getpid()} on ')
  (record,) = caplog.records
  message = record.getMessage()
  assert f'{folder}/.slimhub-lock was left by a process that was' in message
  assert message.endswith('+00:00')  # No more than the first line.
  assert not lock.is_held(folder)


def test_of_many_that_find_a_killed_holder_one_gets_it(bucket, monkeypatch):
  monkeypatch.setattr(lock, '_LAST', 0.2)  # All have found it by then.
  folder = bucket / 'raced'
  _kill_a_holder(folder)
  assert racers.race(folder) == racers.ONE_GETS_IT


def test_one_at_a_time_replaces_a_killed_holder(bucket, monkeypatch):
  monkeypatch.setattr(lock, '_LAST', 0)
  folder = bucket / 'decided'
  _kill_a_holder(folder)
  left = (folder / '.slimhub-lock').read_text()
  got = []

  def take() -> None:
    with lock.hold(folder):
      got.append((folder / '.slimhub-lock').read_text())

  taker = threading.Thread(target=take)
  with holder.deciding():
    taker.start()
    taker.join(1)  # Time enough to replace it, for one that does not wait.
    assert (folder / '.slimhub-lock').read_text() == left
  taker.join()
  (note,) = got
  assert note.startswith(f'process {os.getpid()} on ')


@pytest.mark.parametrize(
  'more', ['', '\nplace another 0\nstarted 1\n'], ids=['old', 'elsewhere']
)
def test_a_holder_that_may_be_alive_is_named_with_what_to_do(more, bucket):
  folder = bucket / 'alive'
  first = 'process 7 on far, since 2026-01-01T00:00:00+00:00'
  (folder / '.slimhub-lock').write_text(f'{first}{more}')
  with pytest.raises(errors.ExportError) as caught, lock.hold(folder):
    pass
  message = str(caught.value)
  assert f'works in {folder}: {first}; wait for it or, if' in message
  assert f'remove {folder}/.slimhub-lock' in message
  (folder / '.slimhub-lock').unlink()
  with lock.hold(folder):
    pass


def test_a_lock_that_is_no_text_is_taken_for_one_of_a_live_process(bucket):
  folder = bucket / 'bytes'
  (folder / '.slimhub-lock').write_bytes(b'\xff\xfe')
  with (
    pytest.raises(errors.ExportError, match='another slimhub works in'),
    lock.hold(folder),
  ):
    pass
