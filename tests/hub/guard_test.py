"""Who has no token gets nothing, and no cache keeps what others get."""

import hashlib

import pytest
import requests

from exporter.hub import guard
from exporter.hub import tokens
from tests.hub import served_app

_TOKEN = 'correct horse battery'


@pytest.fixture(scope='module', name='url')
def _url(tmp_path_factory):
  path = tmp_path_factory.mktemp('guard') / 'tokens'
  sha256 = hashlib.sha256(_TOKEN.encode()).hexdigest()
  path.write_text(f'alice {sha256} /acme\n')
  access = tokens.Access(path)
  with served_app.serve(guard.Guard(served_app.plain, access)) as url:
    yield url


def _ask(url: str, path: str, token: str = '', **options) -> requests.Response:
  if token:
    options['headers'] = {'Authorization': f'Bearer {token}'}
  return requests.request(
    options.pop('method', 'GET'), f'{url}{path}', timeout=60, **options
  )


def test_a_token_opens_its_paths(url):
  answer = _ask(url, '/acme/model', _TOKEN)
  assert (answer.status_code, answer.text) == (200, '/acme/model')
  assert _ask(url, '/acme/model', auth=('any', _TOKEN)).status_code == 200


def test_nobody_learns_which_paths_there_are(url):
  answers = [_ask(url, path) for path in ('/acme/model', '/missing', '/')]
  assert {(a.status_code, a.text) for a in answers} == {
    (401, 'this hub asks for a token: Authorization: Bearer TOKEN\n')
  }
  assert 'Bearer' in answers[0].headers['WWW-Authenticate']
  refused = [_ask(url, path, _TOKEN) for path in ('/google/x', '/missing')]
  assert {a.status_code for a in refused} == {403}


@pytest.mark.parametrize('method', ['HEAD', 'POST', 'PUT', 'DELETE'])
def test_no_method_but_one_goes_without_a_token(url, method):
  assert _ask(url, '/acme/model', method=method).status_code == 401
  assert _ask(url, '/google/x', _TOKEN, method=method).status_code == 403


def test_browsers_may_ask_whether_they_may_ask(url):
  assert _ask(url, '/acme/model', method='OPTIONS').status_code == 200


def test_whoever_watches_over_the_server_needs_no_token(url):
  assert _ask(url, '/healthz').status_code == 200


def test_no_cache_hands_on_what_is_for_one(url):
  for token, kept in ((_TOKEN, 'no-cache, private'), ('', 'no-store')):
    answer = _ask(url, '/acme/model', token)
    assert 'authorization' in answer.headers['Vary']
    assert answer.headers['Cache-Control'] == kept
