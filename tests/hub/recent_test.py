"""An answer that names a file to nginx is given again, for a moment."""

import asyncio
from collections.abc import Callable
import time

import pytest
from starlette import applications
from starlette import concurrency
from starlette import datastructures
from starlette import responses
from starlette import routing
from starlette import testclient
from starlette import types

from exporter.hub import nginx
from exporter.hub import recent

_MOMENT = 3600.0  # Seconds: longer than any of these tests takes.
_METHODS = ['GET', 'HEAD', 'POST']
_FILE = {nginx.NAME: '/.slimhub-stock/a', 'etag': '"a"'}


class _Hub:
  """Counts who comes through, and answers what it is told to."""

  def __init__(self) -> None:
    self.asked = 0
    self.headers = _FILE
    self.during: Callable[[], None] | None = None  # Called before it answers.
    routes = [routing.Route('/{path:path}', self._answer, methods=_METHODS)]
    app = recent.Recent(applications.Starlette(routes=routes), _MOMENT)
    self.client = testclient.TestClient(app)

  async def _answer(self, request) -> responses.Response:
    del request
    self.asked += 1
    if self.during:
      await concurrency.run_in_threadpool(self.during)
    return responses.Response(None, 200, self.headers)


@pytest.fixture(name='hub')
def _hub() -> _Hub:
  return _Hub()


def _pass(monkeypatch: pytest.MonkeyPatch, moments: int) -> None:
  """Lets so many moments pass, after which time stands still."""
  now = time.monotonic() + moments * _MOMENT
  monkeypatch.setattr(time, 'monotonic', lambda: now)


def _fail() -> None:
  raise InterruptedError


def test_the_same_question_gets_the_same_answer(hub):
  first, second = (hub.client.get('/model?a=b') for _ in range(2))
  assert hub.asked == 1
  assert first.headers == second.headers
  assert second.headers[nginx.NAME] == _FILE[nginx.NAME]
  assert second.content == b''


def test_who_asks_and_through_what_makes_no_difference(hub):
  for agent in ('one', 'two'):
    hub.client.get('/', headers={'user-agent': agent, 'x-forwarded-for': agent})
  assert hub.asked == 1


@pytest.mark.parametrize(
  'question',
  [
    ('GET', '/other', {}),
    ('GET', '/model?a=b', {}),
    ('HEAD', '/model', {}),
    ('GET', '/model', {'accept': 'text/html'}),
    ('GET', '/model', {'if-none-match': '"a"'}),
    ('GET', '/model', {'if-unmodified-since': 'today'}),
    ('GET', '/model', {'origin': 'https://example.org'}),
    ('GET', '/model', {'content-length': '4'}),
    ('GET', '/model', {'authorization': 'Bearer a'}),
  ],
  ids=str,
)
def test_another_question_is_asked(hub, question):
  method, url, headers = question
  hub.client.get('/model')
  hub.client.request(method, url, headers=headers)
  assert hub.asked == 2


def test_what_is_posted_is_asked_each_time(hub):
  for body in (b'one', b'two'):
    hub.client.post('/', content=body)
  assert hub.asked == 2


@pytest.mark.parametrize('moments', [1, 3])
def test_after_a_moment_it_is_asked_again(hub, monkeypatch, moments):
  hub.client.get('/')
  _pass(monkeypatch, moments)
  hub.headers = {**_FILE, 'etag': '"b"'}
  for _ in range(3):
    assert hub.client.get('/').headers['etag'] == '"b"'
  assert hub.asked == 2


def test_one_client_asks_again_while_the_others_get_what_was(hub, monkeypatch):
  hub.client.get('/')
  _pass(monkeypatch, 1)
  others: list[str] = []

  def ask() -> None:
    hub.during = None
    others.extend(hub.client.get('/').headers['etag'] for _ in range(3))

  hub.during = ask
  hub.headers = {**_FILE, 'etag': '"b"'}
  assert hub.client.get('/').headers['etag'] == '"b"'
  assert others == ['"a"'] * 3
  assert hub.asked == 2


class _Slow:
  """Answers nobody before it is told to."""

  def __init__(self, headers: dict[str, str], fails: bool):
    self.asked = 0
    self.headers = headers
    self.may = asyncio.Event()
    self._fails = fails

  async def __call__(self, scope, receive, send) -> None:
    self.asked += 1
    await self.may.wait()
    if self._fails:
      raise InterruptedError
    await responses.Response(None, 200, self.headers)(scope, receive, send)


async def _etag(app: types.ASGIApp, path: str) -> str:
  """The ETag that an application answers with."""
  sent: list[types.Message] = []

  async def send(message: types.Message) -> None:
    sent.append(message)

  async def receive() -> types.Message:
    return {'type': 'http.request', 'body': b''}

  scope = {'type': 'http', 'method': 'GET', 'path': path, 'query_string': b''}
  await app({**scope, 'headers': []}, receive, send)
  start, body = sent
  assert body['type'] == 'http.response.body'
  return datastructures.Headers(raw=start['headers'])['etag']


async def _start(app: types.ASGIApp, paths: list[str]) -> list[asyncio.Task]:
  """Asks until each waits for something, or has its ETag."""
  asking = [asyncio.create_task(_etag(app, path)) for path in paths]
  for _ in range(100):
    await asyncio.sleep(0)
  return asking


def _ask_at_once(
  paths: list[str], headers: dict[str, str], fails: bool = False
) -> tuple[int, list[object]]:
  """How many came through, and what all of them got."""

  async def main() -> tuple[int, list[object]]:
    slow = _Slow(headers, fails)
    asking = await _start(recent.Recent(slow, _MOMENT), paths)
    slow.may.set()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    return slow.asked, answers

  return asyncio.run(main())


def test_of_many_who_ask_at_once_one_comes_through():
  assert _ask_at_once(['/'] * 9, _FILE) == (1, ['"a"'] * 9)


def test_each_question_is_asked_for_itself():
  assert _ask_at_once(['/', '/other'] * 2, _FILE) == (2, ['"a"'] * 4)


def test_what_is_not_repeated_is_asked_by_each():
  assert _ask_at_once(['/'] * 9, {'etag': '"b"'}) == (9, ['"b"'] * 9)


def test_nobody_waits_for_who_never_gets_an_answer():
  count, answers = _ask_at_once(['/'] * 9, _FILE, fails=True)
  assert count == 9
  assert all(isinstance(answer, InterruptedError) for answer in answers)


def test_after_a_second_moment_nobody_gets_what_was(monkeypatch):
  async def main() -> None:
    slow = _Slow(_FILE, fails=False)
    app = recent.Recent(slow, _MOMENT)
    slow.may.set()
    await _etag(app, '/')
    slow.may.clear()
    slow.headers = {**_FILE, 'etag': '"b"'}
    _pass(monkeypatch, 1)
    asking = await _start(app, ['/'])
    assert await _etag(app, '/') == '"a"'
    _pass(monkeypatch, 1)
    asking += await _start(app, ['/'] * 2)
    slow.may.set()
    assert await asyncio.gather(*asking) == ['"b"'] * 3
    assert slow.asked == 3

  asyncio.run(main())


def test_after_an_error_the_next_client_asks(hub, monkeypatch):
  hub.client.get('/')
  _pass(monkeypatch, 1)
  hub.during = _fail
  with pytest.raises(InterruptedError):
    hub.client.get('/')
  hub.during = None
  hub.headers = {**_FILE, 'etag': '"b"'}
  assert hub.client.get('/').headers['etag'] == '"b"'


def test_what_is_gone_is_not_repeated_after_the_hub_said_so(hub, monkeypatch):
  hub.client.get('/')
  _pass(monkeypatch, 1)
  hub.headers = {}
  for _ in range(3):
    assert nginx.NAME not in hub.client.get('/').headers
  assert hub.asked == 4


def test_an_answer_with_a_content_is_not_repeated(hub):
  hub.headers = {'etag': '"a"'}
  for _ in range(2):
    hub.client.get('/')
  assert hub.asked == 2


def test_headers_that_are_added_outside_do_not_stay(hub):
  app = hub.client.app

  async def adding(scope, receive, send):
    async def added(message):
      if message['type'] == 'http.response.start':
        message['headers'].append((b'x-more', b'1'))
      await send(message)

    await app(scope, receive, added)

  client = testclient.TestClient(adding)
  answers = [client.get('/') for _ in range(3)]
  assert [answer.headers['x-more'] for answer in answers] == ['1'] * 3


def test_however_much_is_asked_little_is_kept(hub):
  for number in range(1500):
    hub.client.get(f'/{number}')
  hub.asked = 0
  for number in range(1500):
    hub.client.get(f'/{number}')
  assert hub.asked >= 500
