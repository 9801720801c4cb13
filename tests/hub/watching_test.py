"""Each request is reported once, whatever came of it."""

import queue

import pytest
import requests

from exporter.hub import watching
from tests.hub import served_app

_PATIENCE = 60  # Seconds: a client may have its answer before that is reported.


@pytest.fixture(name='seen')
def _seen():
  return queue.Queue()


@pytest.fixture(name='url')
def _url(seen):
  app = watching.Watch(served_app.plain, [seen.put])
  with served_app.serve(app) as url:
    yield url


def test_it_tells_what_was_asked_and_answered(url, seen):
  headers = {'User-Agent': 'a test'}
  requests.get(f'{url}/some%0Apath?query=1', headers=headers, timeout=60)
  request = seen.get(timeout=_PATIENCE)
  assert (request.client, request.user) == ('127.0.0.1', '')
  assert (request.method, request.path) == ('GET', '/some\npath')
  assert (request.status, request.bytes) == (200, len('/some\npath'))
  assert 0 <= request.seconds < 60
  assert request.agent == 'a test'
  assert seen.empty()


def test_it_tells_of_errors_and_failures(url, seen):
  for path in ('missing', 'fail'):
    requests.get(f'{url}/{path}', timeout=60)
  statuses = [seen.get(timeout=_PATIENCE).status for _ in range(2)]
  assert statuses == [404, 500]
