"""A download goes on where it stopped, with the same file or from the start."""

import dataclasses
import random

import pytest

from tests.checkpoints import archive_server
from tests.checkpoints.archive_server import Answer
from tests.checkpoints.fetch import download_target

_DATA = random.Random(1).randbytes(50_000)
_CUT = Answer(sent=20_000)
_REST = 'bytes=20000-'


@pytest.fixture(name='server')
def _server():
  with archive_server.serve(file=_DATA) as archives:
    yield archives


@pytest.fixture(name='target')
def _target(tmp_path):
  return download_target.Target(tmp_path)


def _cut_off(server, target) -> None:
  """Leaves a part behind, as a run that is killed."""
  server.answers = [_CUT]
  policy = dataclasses.replace(download_target.POLICY, retries=0)
  target.refused(f'{server.url}/file', policy=policy)
  assert target.part.path.read_bytes() == _DATA[:20_000]
  server.asked.clear()
  target.moves.clear()


def test_the_next_run_goes_on(server, target):
  _cut_off(server, target)
  assert target.download(f'{server.url}/file') == _DATA
  assert server.ranges() == [_REST]
  assert server.asked[0][1]['If-Range'] == archive_server.ETAG
  assert sum(size for size, _ in target.moves) == len(_DATA)


@pytest.mark.parametrize(
  'answer',
  [Answer(ranges=False), Answer(etag='"the second"'), Answer(etag='')],
  ids=['no ranges', 'another file', 'no tag'],
)
def test_what_cannot_go_on_begins_anew(server, target, answer):
  _cut_off(server, target)
  server.files['file'] = bytes(reversed(_DATA))
  server.always = answer
  assert target.download(f'{server.url}/file') == bytes(reversed(_DATA))


@pytest.mark.parametrize('etag', ['', 'W/"weak"'])
def test_without_a_strong_name_nothing_is_joined(server, target, etag):
  server.always = Answer(etag=etag, ranges=True)
  server.answers = [dataclasses.replace(_CUT, etag=etag)]
  assert target.download(f'{server.url}/file') == _DATA
  assert server.ranges() == [None, None]


def test_another_server_means_another_file(server, target):
  _cut_off(server, target)
  assert target.download(f'{server.url}/other/file') == _DATA
  assert server.ranges() == [None]


@pytest.mark.parametrize(
  'span', ['bytes 0-49999/50000', 'bytes 20001-49999/50000', 'nonsense', '*']
)
def test_another_part_than_asked_for_is_not_appended(server, target, span):
  _cut_off(server, target)
  server.answers = [Answer(content_range=span)]
  assert target.download(f'{server.url}/file') == _DATA
  assert server.ranges() == [_REST, None]


def test_a_part_that_the_server_does_not_have_is_dropped(server, target):
  _cut_off(server, target)
  server.answers = [Answer(416, body=b'')]
  assert target.download(f'{server.url}/file') == _DATA
  assert server.ranges() == [_REST, None]


def test_a_whole_part_is_not_asked_for_again(server, target):
  _cut_off(server, target)
  target.part.path.write_bytes(_DATA)
  assert target.download(f'{server.url}/file') == _DATA
  assert not server.asked


@pytest.mark.parametrize('about', [b'', b'{', b'[]', b'{"url": 1}', b'\xff'])
def test_what_is_known_of_a_part_may_be_torn(server, target, about):
  _cut_off(server, target)
  target.part.path.with_name('file.part.json').write_bytes(about)
  assert target.download(f'{server.url}/file') == _DATA
  assert server.ranges() == [None]
