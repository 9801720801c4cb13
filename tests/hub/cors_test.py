"""Pages of other sites read what a hub sends, unless it is not for them."""

import pytest

from tests import hub_server
from tests import some_exports

_PATH = f'/{some_exports.NAME}/1/model.json?tfjs-format=file'
_ORIGIN = 'https://example.org'


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = tmp_path_factory.mktemp('cors') / 'exports'
  some_exports.add(exports, some_exports.TFJS, 'text')
  return exports


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


@pytest.mark.parametrize('method', ['GET', 'HEAD'])
@pytest.mark.parametrize('path', [_PATH, '/index.json', '/x', '/..'])
def test_every_answer_may_be_read(hub, method, path):
  headers = hub.ask(path, method, origin=_ORIGIN)[1]
  assert headers['access-control-allow-origin'] == '*'
  assert 'access-control-allow-credentials' not in headers


def test_what_a_page_needs_to_go_on_with_a_download_is_shown_to_it(hub):
  status, headers, body = hub.ask(_PATH, origin=_ORIGIN, range='bytes=1-3')
  assert (status, len(body)) == (206, 3)
  exposed = headers['access-control-expose-headers'].lower().split(', ')
  for name in ('accept-ranges', 'content-length', 'content-range', 'etag'):
    assert name in exposed
    assert name in headers


def test_browsers_may_ask_before(hub):
  status, headers, _ = hub.ask(
    _PATH,
    'OPTIONS',
    origin=_ORIGIN,
    access_control_request_method='GET',
    access_control_request_headers='range, if-none-match',
  )
  assert status == 200
  assert headers['access-control-allow-origin'] == '*'
  allowed = headers['access-control-allow-headers'].lower()
  assert 'range' in allowed
  assert 'if-none-match' in allowed


def test_pages_may_not_post(hub):
  status, _, _ = hub.ask(
    '/api/v1/models.ModelApiService/GetModel',
    'OPTIONS',
    origin=_ORIGIN,
    access_control_request_method='POST',
  )
  assert status == 400


def test_a_hub_can_keep_to_itself(exports):
  with hub_server.serve(exports, '--no_cors') as hub:
    for method in ('GET', 'OPTIONS'):
      headers = hub.ask(
        _PATH, method, origin=_ORIGIN, access_control_request_method='GET'
      )[1]
      assert 'access-control-allow-origin' not in headers
