"""One writer an output: on this machine, and in a bucket."""

import fcntl
import os

import pytest

from exporter import errors
from exporter.storage import lock
from tests import another_user
from tests import object_storage
from tests.storage import racers


@pytest.fixture(scope='module', name='bucket')
def _bucket():
  with object_storage.serve() as bucket:
    yield bucket


@pytest.fixture(name='folder', params=['folder', 'bucket'])
def _folder(request, tmp_path, bucket):
  """Where exports go; new for each test."""
  if request.param == 'folder':
    return tmp_path / 'out'
  return bucket / tmp_path.name


def test_a_second_one_is_refused_until_the_first_is_done(folder):
  refused = pytest.raises(errors.ExportError, match='another slimhub works in')
  with lock.hold(folder), refused, lock.hold(folder):
    pass
  with lock.hold(folder):
    pass


def test_it_is_seen_by_others_while_it_is_held(folder):
  assert not lock.is_held(folder)
  with lock.hold(folder):
    assert lock.is_held(folder)
  assert not lock.is_held(folder)


def test_nothing_is_left_of_it(folder):
  with lock.hold(folder):
    pass
  assert not folder.exists()


def test_an_error_frees_it(folder):
  with pytest.raises(KeyError), lock.hold(folder):
    raise KeyError
  assert not lock.is_held(folder)


def test_of_many_at_once_one_gets_it(folder):
  assert racers.race(folder) == racers.ONE_GETS_IT


def test_a_bucket_that_is_not_there_is_one_error(bucket):
  missing = type(bucket)('s3://missing/out', **bucket.storage_options)
  says = pytest.raises(errors.ExportError, match=r's3://missing/out: .*bucket')
  with says, lock.hold(missing):
    pass


def test_a_storage_that_does_not_answer_is_one_error(bucket):
  address = f'http://127.0.0.1:{object_storage.free_port()}'
  silent = type(bucket)(
    's3://bucket/out',
    client_kwargs={'endpoint_url': address},
    config_kwargs={'retries': {'max_attempts': 0}},
  )
  says = pytest.raises(errors.ExportError, match='cannot write to s3://bucket')
  with says, lock.hold(silent):
    pass


def test_a_folder_that_was_there_stays(tmp_path):
  with lock.hold(tmp_path):
    pass
  assert tmp_path.exists()
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize('target', ['precious', 'nothing'])
def test_a_link_in_the_place_of_a_lock_is_not_followed(target, tmp_path):
  precious = tmp_path / 'precious'
  precious.write_text('much work')
  folder = tmp_path / 'out'
  folder.mkdir()
  (folder / '.slimhub-lock').symlink_to(tmp_path / target)
  with (
    pytest.raises(errors.ExportError, match=r'lock is a link.* remove it'),
    lock.hold(folder),
  ):
    pass
  assert precious.read_text() == 'much work'
  assert not (tmp_path / 'nothing').exists()


@pytest.mark.parametrize('make', [os.mkfifo, os.mkdir])
def test_no_file_in_the_place_of_a_lock_is_named(make, tmp_path):
  make(tmp_path / '.slimhub-lock')
  with (
    pytest.raises(errors.ExportError, match='slimhub-lock'),
    lock.hold(tmp_path),
  ):
    pass


def test_a_lock_is_not_emptied(tmp_path):
  path = tmp_path / '.slimhub-lock'
  path.write_text('a note')
  with lock.hold(tmp_path):
    assert path.read_text() == 'a note'


@pytest.fixture(name='shared')
def _shared():
  with another_user.shared_folder() as shared:
    yield shared


@another_user.AS_ROOT
def test_a_lock_that_a_dead_process_of_another_user_left_is_free(shared):
  (shared / '.slimhub-lock').touch(0o644)
  assert another_user.enter('hold', shared) == 'entered\n'


@another_user.AS_ROOT
def test_a_lock_that_another_user_holds_names_the_user(shared):
  with lock.hold(shared):
    message = another_user.enter('hold', shared)
  assert 'another slimhub of the user root works in' in message


@another_user.AS_ROOT
def test_a_lock_that_another_user_hides_says_what_to_remove(shared):
  (shared / '.slimhub-lock').touch(0o600)
  message = another_user.enter('hold', shared)
  assert f'{shared}/.slimhub-lock, of the user with the number 0' in message
  assert 'remove it' in message


def test_a_storage_without_conditional_writes_is_refused(bucket, monkeypatch):
  folder = bucket / 'unconditional'
  write = folder.fs.pipe_file

  def without_a_condition(path, value, mode):
    del mode  # As packages do that do not know it.
    write(path, value)

  monkeypatch.setattr(folder.fs, 'pipe_file', without_a_condition)
  with (
    pytest.raises(errors.ExportError, match=r'slimhub\[s3\]'),
    lock.hold(folder),
  ):
    pass
  assert not lock.is_held(folder)


def test_an_error_before_it_is_held_leaves_no_lock(bucket, monkeypatch):
  folder = bucket / 'interrupted'
  write, calls = folder.fs.pipe_file, []

  def fail_at_the_second(*args, **kwargs):
    calls.append(args)
    if len(calls) == 2:
      raise OSError('the network is away')
    write(*args, **kwargs)

  monkeypatch.setattr(folder.fs, 'pipe_file', fail_at_the_second)
  with (
    pytest.raises(errors.ExportError, match='the network is away'),
    lock.hold(folder),
  ):
    pass
  assert not lock.is_held(folder)


def test_a_storage_that_is_gone_is_not_taken_for_empty(bucket):
  address = f'http://127.0.0.1:{object_storage.free_port()}'
  gone = type(bucket)(
    's3://bucket/out',
    client_kwargs={'endpoint_url': address},
    config_kwargs={'retries': {'max_attempts': 0}},
  )
  with pytest.raises(OSError, match='connect'):
    lock.is_held(gone)


def test_a_lock_on_a_removed_file_is_none(tmp_path, monkeypatch):
  folder = tmp_path / 'out'
  flock, calls = fcntl.flock, 0

  def late(descriptor: int, operation: int) -> None:
    nonlocal calls
    calls += 1
    if calls == 1:  # Its last holder removes it between the two calls.
      (file,) = folder.iterdir()
      file.unlink()
    flock(descriptor, operation)

  monkeypatch.setattr(fcntl, 'flock', late)
  with lock.hold(folder):
    assert len(list(folder.iterdir())) == 1
    assert lock.is_held(folder)
