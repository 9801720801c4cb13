"""A file arrives whole or not at all, whatever its server does."""

import dataclasses
import os
import random
import shutil
import threading
import time
from unittest import mock

import pytest

from exporter.checkpoints.fetch import download
from tests.checkpoints import archive_server
from tests.checkpoints.archive_server import Answer
from tests.checkpoints.fetch import download_target

_DATA = random.Random(1).randbytes(50_000)
_CUT = Answer(sent=20_000)


@pytest.fixture(name='server')
def _server():
  with archive_server.serve(file=_DATA) as archives:
    yield archives


@pytest.fixture(name='target')
def _target(tmp_path):
  return download_target.Target(tmp_path)


def test_a_file_arrives(server, target):
  assert target.download(f'{server.url}/file') == _DATA
  assert list(target.path.parent.iterdir()) == [target.path]
  assert sum(size for size, _ in target.moves) == len(_DATA)
  assert sum(total for _, total in target.moves) == len(_DATA)


def test_a_file_of_unknown_length_arrives(server, target):
  server.answers = [Answer(chunked=True)]
  assert target.download(f'{server.url}/file') == _DATA


def test_what_is_stored_compressed_stays_so(server, target):
  server.always = Answer(headers={'Content-Encoding': 'gzip'})
  assert target.download(f'{server.url}/file') == _DATA


_BAD_MOMENTS = {
  'cut': _CUT,
  'cut in a chunk': Answer(chunked=True, sent=20_000),
  'stalled': Answer(sent=20_000, stalls=True),
  'stalled at once': Answer(sent=0, stalls=True),
  'at a crawl': Answer(pause=0.02),
  'longer announced': Answer(announced=60_000),
  'busy': Answer(503, body=b'', headers={'Retry-After': '0'}),
  'in no shape': Answer(500, body=b'oops'),
  'wrong about when': Answer(429, body=b'', headers={'Retry-After': 'soon'}),
}


@pytest.mark.parametrize('answer', _BAD_MOMENTS.values(), ids=_BAD_MOMENTS)
def test_a_bad_moment_is_got_over(server, target, answer):
  server.answers = [answer]
  policy = download_target.policy_for(answer)
  assert target.download(f'{server.url}/file', policy=policy) == _DATA
  # A busy machine may let the good answer be late, too.
  assert len(server.asked) in ((2,) if policy.timeout > 1 else (2, 3))


@pytest.mark.parametrize(
  ('answer', 'says'),
  [
    (_CUT, 'cut after 20000 of 50000 bytes|IncompleteRead'),
    (Answer(sent=9, stalls=True), 'no answer for 1 s'),
    (Answer(pause=0.02), 'less than 1000 bytes a second'),
    (Answer(500, body=b''), 'answer 500 Internal Server Error'),
    (Answer(503, body=b''), 'answer 503 Service Unavailable'),
  ],
  ids=['cut', 'stalled', 'crawl', '500', '503'],
)
def test_a_bad_server_is_given_up(server, target, answer, says):
  server.always = dataclasses.replace(answer, ranges=False)
  policy = download_target.policy_for(answer)
  message = target.refused(f'{server.url}/file', policy=policy)
  assert message.startswith(f'{server.url}/file: ')
  assert any(words in message for words in says.split('|')), message
  assert message.endswith(
    '3 times in a row; try again later, or name a --mirror'
  )
  assert len(server.asked) == 3


@pytest.mark.parametrize(
  ('status', 'advice'),
  [
    (401, '~/.netrc'),
    (403, 'a proxy or a --mirror may have it'),
    (404, 'it has no such file'),
    (410, 'try again later'),
    (204, 'try again later'),
  ],
)
def test_a_refusal_is_final(server, target, status, advice):
  server.answers = [Answer(status, body=b'')]
  message = target.refused(f'{server.url}/file')
  assert f'answer {status} ' in message
  assert advice in message
  assert len(server.asked) == 1


def test_nobody_listens(target):
  message = target.refused('http://127.0.0.1:1/file')
  assert 'Connection refused, 3 times in a row' in message


def test_no_such_host(target):
  policy = dataclasses.replace(download_target.POLICY, retries=0)
  message = target.refused('http://nowhere.invalid/file', policy=policy)
  assert message.startswith('http://nowhere.invalid/file: ')
  assert 'object at 0x' not in message


def test_a_password_is_not_shown(server, target):
  url = server.url.replace('//', '//me:secret@')
  message = target.refused(f'{url}/nothing')
  assert message.startswith(f'{server.url}/nothing: ')
  assert 'secret' not in message
  assert server.asked[0][1]['Authorization'].startswith('Basic ')


def test_a_redirect_is_followed(server, target):
  location = f'{server.url}/other/file'
  server.answers = [Answer(302, body=b'', headers={'Location': location})]
  assert target.download(f'{server.url}/file') == _DATA


@pytest.mark.parametrize('location', ['/file', 'file:///etc/passwd'])
def test_a_redirect_to_nowhere_is_final(server, target, location):
  server.always = Answer(301, body=b'', headers={'Location': location})
  message = target.refused(f'{server.url}/file')
  assert message.endswith('try again later, or name a --mirror')


def test_a_server_that_waits_is_waited_for(server, target):
  server.answers = [Answer(503, body=b'', headers={'Retry-After': '1'})]
  start = time.monotonic()
  assert target.download(f'{server.url}/file') == _DATA
  assert time.monotonic() - start >= 1


def test_a_wrong_length_is_noticed_before_it_comes(server, target):
  message = target.refused(f'{server.url}/file', expected=49_999)
  assert 'it is 50000 bytes long, expected 49999' in message
  assert not target.part.size


@pytest.mark.parametrize('answer', [Answer(chunked=True)])
def test_more_than_was_expected_is_not_taken(server, target, answer):
  server.always = answer
  message = target.refused(f'{server.url}/file', expected=30_000)
  assert 'it does not end after 30000 bytes' in message


def test_an_endless_file_ends(server, target, monkeypatch):
  monkeypatch.setattr(download, 'MAX_BYTES', 30_000)
  server.always = Answer(chunked=True)
  assert 'after 30000 bytes' in target.refused(f'{server.url}/file')


def test_a_transfer_can_be_stopped(server, target):
  server.answers = [Answer(503, body=b'', headers={'Retry-After': '60'})]
  threading.Timer(0.1, target.stop.set).start()
  start = time.monotonic()
  with pytest.raises(download.StoppedError):
    target.download(f'{server.url}/file')
  assert time.monotonic() - start < 30  # It does not wait the minute out.


def test_progress_gives_all_tries_again(server, target, monkeypatch):
  monkeypatch.setattr(download, '_PROGRESS', 5_000)
  server.answers = [Answer(sent=9_000)] * 5
  assert target.download(f'{server.url}/file') == _DATA
  assert len(server.asked) == 6


def test_starting_over_is_no_progress(server, target, monkeypatch):
  monkeypatch.setattr(download, '_PROGRESS', 5_000)
  cuts = [Answer(sent=n, ranges=False) for n in (9_000, 20_000)]
  server.answers = cuts * 10
  message = target.refused(f'{server.url}/file')
  assert '3 times in a row' in message
  assert len(server.asked) == 4  # The first two brought more than any before.


def test_a_proxy_is_used(server, target, monkeypatch):
  monkeypatch.setenv('http_proxy', server.url)
  url = 'http://archives.invalid/file'
  assert target.download(url) == _DATA
  assert server.asked[0][0] == url


def test_a_local_mirror(tmp_path, target):
  (tmp_path / 'a folder').mkdir()
  source = tmp_path / 'a folder' / 'file'
  source.write_bytes(_DATA)
  assert target.download(source.as_uri()) == _DATA
  assert source.exists()


@pytest.mark.parametrize('name', ['missing', '.'])
def test_a_local_mirror_without_the_file(tmp_path, target, name):
  message = target.refused(f'file://{tmp_path}/mirror/{name}')
  assert message.startswith(f'file://{tmp_path}/mirror/{name}: ')


@pytest.mark.parametrize('path', ['x%00', 'pipe'])
def test_a_local_mirror_with_what_is_no_file(tmp_path, target, path):
  os.mkfifo(tmp_path / 'pipe')
  message = target.refused(f'file://{tmp_path}/{path}')
  assert message.startswith(f'file://{tmp_path}/{path}: ')


@pytest.mark.parametrize('answer', [Answer(), Answer(chunked=True)])
def test_no_file_is_larger_than_the_limit(server, target, monkeypatch, answer):
  monkeypatch.setattr(download, 'MAX_BYTES', 30_000)
  server.always = answer
  assert '30000' in target.refused(f'{server.url}/file')
  assert target.part.size <= 30_000


def test_a_length_beyond_the_limit_is_refused_before_it_comes(server, target):
  server.always = Answer(announced=10**15)
  message = target.refused(f'{server.url}/file')
  assert f'{10**15} bytes long, expected at most {2**32}' in message
  assert not target.part.size
  assert len(server.asked) == 1


@pytest.mark.parametrize('rest', [f'{10**15}', '9' * 5000])
def test_a_rest_beyond_the_limit_is_not_taken(server, target, rest):
  server.answers = [_CUT]
  policy = dataclasses.replace(download_target.POLICY, retries=0)
  target.refused(f'{server.url}/file', policy=policy)
  span = f'bytes 20000-49999/{rest}'
  server.always = Answer(content_range=span, announced=10**15)
  message = target.refused(f'{server.url}/file')
  assert 'expected at most' in message
  assert target.part.size <= 20_000


def test_a_file_for_which_the_disk_has_no_room_is_not_begun(server, target):
  room = shutil.disk_usage(target.path.parent).free
  with mock.patch.object(download, 'MAX_BYTES', 2 * room):
    server.always = Answer(announced=room + 10**10)
    message = target.refused(f'{server.url}/file')
  assert f'{target.path.parent} has room for ' in message
  assert message.endswith('make room, or name another --checkpoint_dir')
  assert not target.part.size
