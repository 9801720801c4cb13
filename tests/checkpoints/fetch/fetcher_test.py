"""An archive is the known one, or it is not there."""

import dataclasses
import gzip
import hashlib
import io
import tarfile
import threading
from unittest import mock

import pytest

from exporter import errors
from exporter import results
from exporter.checkpoints.fetch import checksums as checksums_lib
from exporter.checkpoints.fetch import download
from exporter.checkpoints.fetch import fetcher
from model_specs import checksums
from tests import tiny_network
from tests.checkpoints import archive_server
from tests.checkpoints.archive_server import Answer

_MODEL = tiny_network.MODEL
_NAME = _MODEL.archive_name
_POLICY = download.Policy(timeout=60, retries=1, backoff=0.001)


def _archive(*names: str, size: int = 20_000) -> bytes:
  """An archive with incompressible files."""
  packed = io.BytesIO()
  with tarfile.open(fileobj=packed, mode='w:gz') as tar:
    for name in names:
      member = tarfile.TarInfo(name)
      member.size = size
      noise = hashlib.shake_128(name.encode()).digest(size)
      tar.addfile(member, io.BytesIO(noise))
  return packed.getvalue()


_CHECKPOINT = 'tiny_1.0_32.ckpt'
_GOOD = _archive(f'./{_CHECKPOINT}.index', f'./{_CHECKPOINT}.data-0-of-1')
_SHA256 = hashlib.sha256(_GOOD).hexdigest()
_KNOWN = checksums.Checksum(
  _MODEL.archive_url,
  len(_GOOD),
  'sha384',
  hashlib.sha384(_GOOD).hexdigest(),
)


@pytest.fixture(name='server')
def _server():
  with archive_server.serve(**{_NAME: _GOOD}) as archives:
    yield archives


@pytest.fixture(name='request_')
def _request(server, tmp_path):
  return fetcher.Request(
    (_MODEL,), tmp_path / 'home', server.url, policy=_POLICY
  )


@pytest.fixture(name='known')
def _known():
  """Lets the archive be one of those that are published."""
  published = {_KNOWN.url: _KNOWN}
  with mock.patch.object(checksums, 'published', return_value=published):
    yield


def _fetch(request: fetcher.Request, **changes) -> results.Result:
  changed = dataclasses.replace(request, **changes)
  moves: list[fetcher.Moved] = []
  return fetcher.Fetcher(
    _MODEL, changed, threading.Event(), moves.append
  ).fetch()


def _refused(request: fetcher.Request, **changes) -> str:
  with pytest.raises(errors.SlimhubError) as raised:
    _fetch(request, **changes)
  return str(raised.value)


def _names(folder) -> set[str]:
  return {path.name for path in folder.iterdir()}


@pytest.mark.usefixtures('known')
def test_a_known_archive_is_fetched_and_kept(server, request_):
  assert _fetch(request_) == results.Result(
    _MODEL.name, results.FETCHED, '', len(_GOOD)
  )
  assert (request_.folder / _NAME).read_bytes() == _GOOD
  assert _names(request_.folder) == {_NAME}
  again = results.Result(_MODEL.name, results.KEPT, 'unchanged')
  assert _fetch(request_) == again
  assert len(server.asked) == 1


def test_the_published_address_is_asked_without_a_mirror(
  server, request_, monkeypatch
):
  monkeypatch.setenv('https_proxy', server.url)
  message = _refused(
    request_, mirror=None, policy=download.Policy(retries=0, timeout=60)
  )
  assert message.startswith(f'{_MODEL.archive_url}: ')


@pytest.mark.parametrize(
  'wrong', [_archive('x'), bytes(len(_GOOD)), b'<html>Log in</html>']
)
@pytest.mark.parametrize('chunked', [False, True])
@pytest.mark.usefixtures('known')
def test_another_file_than_the_known_one_is_not_taken(
  server, request_, wrong, chunked
):
  server.always = Answer(body=wrong, chunked=chunked)
  message = _refused(request_)
  assert message.startswith(f'{server.url}/{_NAME}')
  assert str(_KNOWN.bytes) in message
  assert not _names(request_.folder)


@pytest.mark.usefixtures('known')
def test_the_error_says_both_hashes_and_where_the_known_one_stands(
  server, request_
):
  wrong = bytes(len(_GOOD))
  server.always = Answer(body=wrong)
  message = _refused(request_)
  assert hashlib.sha384(wrong).hexdigest() in message
  assert f'expected {_KNOWN}, as in slimhub' in message
  assert 'is deleted' in message


def test_an_unknown_one_is_recorded_visibly(request_):
  result = _fetch(request_)
  own = checksums_lib.own_file()
  assert result.reason == (
    f'trusted on first use: its checksum was unknown, {len(_GOOD)} bytes, '
    f'sha256 {_SHA256} is now in {own}'
  )
  for record in (own, request_.folder / checksums.FILE):
    assert checksums_lib.read(record)[_MODEL.archive_url].digest == _SHA256
  assert _fetch(request_).reason == 'unchanged'


def test_what_was_recorded_holds_in_every_folder(server, request_, tmp_path):
  _fetch(request_)
  server.always = Answer(body=bytes(len(_GOOD)))
  message = _refused(request_, folder=tmp_path / 'other')
  assert f'as in {checksums_lib.own_file()}' in message


def test_where_a_checksum_is_required_nothing_is_trusted_on_sight(
  server, request_
):
  message = _refused(request_, require=True)
  assert '--require_checksums takes no archive on trust' in message
  assert str(checksums_lib.own_file()) in message
  assert not server.asked
  assert not request_.folder.exists()
  _fetch(request_)
  assert _fetch(request_, require=True).reason == 'unchanged'


@pytest.mark.usefixtures('known')
def test_a_published_checksum_is_one(request_):
  assert _fetch(request_, require=True).status == results.FETCHED


def test_what_was_recorded_must_match_ever_after(server, request_):
  _fetch(request_)
  (request_.folder / _NAME).unlink()
  other_archive = _archive(f'{_CHECKPOINT}.index', f'{_CHECKPOINT}.data-0-of-2')
  server.files[_NAME] = other_archive
  message = _refused(request_)
  assert f'expected {len(_GOOD)}' in message
  assert _names(request_.folder) == {checksums.FILE}


def test_what_was_changed_in_place_is_found(request_):
  _fetch(request_)
  path = request_.folder / _NAME
  path.write_bytes(_GOOD[:-1])
  message = _refused(request_)
  assert message.startswith(f'{path} is {len(_GOOD) - 1} bytes, sha256 ')
  assert f'{request_.folder / checksums.FILE}, where the first' in message
  assert message.endswith('delete it and run the command again')
  assert path.exists()


_BAD = {
  'a page': (b'<!DOCTYPE html>Log in', 'is damaged or no tar archive'),
  'half': (_GOOD[: len(_GOOD) // 2], 'is damaged or no tar archive'),
  'of another model': (_archive('other.ckpt.index'), 'holds no checkpoint'),
  'reaching outside': (
    _archive('../../evil', f'{_CHECKPOINT}.index'),
    "its member '../../evil' has a path outside of the archive",
  ),
}


@pytest.mark.parametrize(('body', 'says'), _BAD.values(), ids=_BAD)
def test_what_is_no_archive_is_never_recorded(server, request_, body, says):
  server.always = Answer(body=body)
  message = _refused(request_)
  assert f'{server.url}/{_NAME}' in message
  assert says in message
  assert message.endswith('what was downloaded is deleted')
  assert not _names(request_.folder)


def test_a_bomb_is_never_recorded(server, request_):
  member = tarfile.TarInfo(f'{_CHECKPOINT}.index')
  member.size = 10**13
  header = member.tobuf(tarfile.GNU_FORMAT)
  server.always = Answer(body=gzip.compress(header + bytes(1024)))
  assert 'it unpacks to more than' in _refused(request_)
  assert not _names(request_.folder)


@pytest.mark.parametrize('body', [b'<html>', _GOOD[:-9]])
def test_what_lies_there_is_not_deleted_however_bad(request_, body):
  request_.folder.mkdir()
  path = request_.folder / _NAME
  path.write_bytes(body)
  assert f'archive {path} cannot be unpacked' in _refused(request_)
  assert path.read_bytes() == body


def test_an_archive_in_the_folder_of_its_release_is_kept(server, request_):
  release = request_.folder / 'tiny_2020_01_01'
  release.mkdir(parents=True)
  (release / _NAME).write_bytes(_GOOD)
  assert _fetch(request_).status == results.KEPT
  assert not server.asked


@pytest.mark.parametrize('known', [False, True])
def test_a_join_of_two_answers_that_fails_is_fetched_once_more(
  server, request_, known
):
  """A server that keeps the name of a file and changes its content."""
  other_archive = _archive(f'{_CHECKPOINT}.index', f'{_CHECKPOINT}.data-0-of-9')
  assert len(other_archive) >= len(_GOOD) - 100
  server.answers = [
    Answer(body=other_archive, sent=10_000, announced=len(_GOOD))
  ]
  published = {_KNOWN.url: _KNOWN} if known else {}
  with mock.patch.object(checksums, 'published', return_value=published):
    assert _fetch(request_).status == results.FETCHED
  assert (request_.folder / _NAME).read_bytes() == _GOOD
  assert server.ranges() == [None, 'bytes=10000-', None]


def test_offline_takes_only_what_is_there(server, request_):
  message = _refused(request_, offline=True)
  assert message.startswith(f'{request_.folder / _NAME} is missing, and --off')
  assert not server.asked
  _fetch(request_)
  assert _fetch(request_, offline=True).status == results.KEPT


def test_offline_a_local_mirror_will_do(request_, tmp_path):
  (tmp_path / 'mirror').mkdir()
  (tmp_path / 'mirror' / _NAME).write_bytes(_GOOD)
  mirror = (tmp_path / 'mirror').as_uri()
  assert _fetch(request_, offline=True, mirror=mirror).status == results.FETCHED
  assert (request_.folder / _NAME).read_bytes() == _GOOD


def test_a_folder_that_was_fetched_into_is_a_mirror(request_, tmp_path):
  _fetch(request_)
  mirror = request_.folder.as_uri()
  result = _fetch(request_, folder=tmp_path / 'second', mirror=mirror)
  assert result.status == results.FETCHED


def test_a_maintainer_registers_in_the_tree(request_, tmp_path):
  tree = tmp_path / 'tree' / 'model_specs'
  tree.mkdir(parents=True)
  with mock.patch.object(fetcher, '_TREE', tree):
    message = _refused(request_, register=True)
    assert 'which is no source tree' in message
    assert not request_.folder.exists()
    (tree.parent / 'setup.py').touch()
    _fetch(request_)  # Recorded beside the archive only.
    result = _fetch(request_, register=True)
  assert str(tree / checksums.FILE) in result.reason
  (recorded,) = checksums_lib.read(tree / checksums.FILE).values()
  assert recorded.digest == _SHA256
