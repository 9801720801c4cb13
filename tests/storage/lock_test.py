"""One writer an output: on this machine, and in a bucket."""

import os
import subprocess
import sys
import threading

import pytest

from exporter import errors
from exporter.storage import lock
from tests import object_storage
from tests import source_tree

_RACERS = 8


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
  begin, end = threading.Barrier(_RACERS), threading.Barrier(_RACERS)
  got = []

  def race() -> None:
    begin.wait()
    try:
      with lock.hold(folder):
        got.append(True)
        end.wait()
    except errors.ExportError:
      got.append(False)
      end.wait()

  racers = [threading.Thread(target=race) for _ in range(_RACERS)]
  for racer in racers:
    racer.start()
  for racer in racers:
    racer.join()
  assert sorted(got) == [False] * (_RACERS - 1) + [True]


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


def test_a_killed_holder_of_a_bucket_is_named_with_what_to_do(bucket):
  folder = bucket / 'killed'
  _kill_a_holder(folder)
  with pytest.raises(errors.ExportError) as caught, lock.hold(folder):
    pass
  message = str(caught.value)
  assert f'process {os.getpid()}' not in message
  assert 'process ' in message
  assert f'remove {folder}/.slimhub-lock' in message
  (folder / '.slimhub-lock').unlink()
  with lock.hold(folder):
    pass


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
