"""The end of a lock in a bucket that cannot be reached just then."""

from collections.abc import Iterator
import dataclasses
import re
import time
from unittest import mock

from moto import server as moto_server
import pytest
import upath

from exporter import errors
from exporter.storage import lock
from tests import object_storage


@dataclasses.dataclass
class _Storage:
  """A real S3 server in this process, which keeps its objects between stops."""

  port: int

  def __post_init__(self) -> None:
    self.start()

  def start(self) -> None:
    self._server = moto_server.ThreadedMotoServer('127.0.0.1', self.port)
    self._server.start()

  def stop(self) -> None:
    self._server.stop()


@pytest.fixture(name='storage')
def _storage() -> Iterator[_Storage]:
  storage = _Storage(object_storage.free_port())
  yield storage
  storage.stop()


@pytest.fixture(name='folder')
def _folder(storage, tmp_path, monkeypatch) -> upath.UPath:
  monkeypatch.setenv('AWS_DEFAULT_REGION', 'us-east-1')
  bucket = upath.UPath(
    f's3://{tmp_path.name.replace("_", "-")}',
    key='test',
    secret='test',
    client_kwargs={'endpoint_url': f'http://127.0.0.1:{storage.port}'},
    config_kwargs={'retries': {'max_attempts': 0}},
  )
  bucket.mkdir()
  return bucket / 'out'


def test_it_is_removed_once_the_storage_is_back(folder, storage, monkeypatch):
  monkeypatch.setattr(time, 'sleep', lambda _: storage.start())
  with lock.hold(folder):
    assert [path.name for path in folder.iterdir()] == ['.slimhub-lock']
    storage.stop()
  with lock.hold(folder):  # Nothing keeps the next one out.
    pass


def test_what_stays_is_named_with_what_to_do(folder, storage, monkeypatch):
  monkeypatch.setattr(lock, '_WAITS', (0, 0))
  expected = re.escape(f'the lock {folder}/.slimhub-lock could not be removed')
  with pytest.raises(errors.ExportError, match=expected), lock.hold(folder):
    storage.stop()
  storage.start()
  says = pytest.raises(errors.ExportError, match='another slimhub works in')
  with says, lock.hold(folder):
    pass


def test_why_a_run_ended_matters_more_than_its_lock(
  folder, storage, monkeypatch, caplog
):
  monkeypatch.setattr(lock, '_WAITS', (0,))

  def run() -> None:
    storage.stop()
    raise KeyboardInterrupt

  with pytest.raises(KeyboardInterrupt), lock.hold(folder):
    run()
  assert f'{folder}/.slimhub-lock could not be removed' in caplog.text
  storage.start()


def test_who_may_not_remove_it_does_not_wait(folder, monkeypatch):
  waits: list[float] = []
  monkeypatch.setattr(time, 'sleep', waits.append)
  denied = PermissionError(13, 'Access Denied')
  says = pytest.raises(errors.ExportError, match='Access Denied; remove it')
  with (
    mock.patch.object(type(folder), 'unlink', side_effect=denied),
    says,
    lock.hold(folder),
  ):
    pass
  assert not waits
