"""What HTTP says of conditions, ranges and caches holds for files of a hub."""

import pytest

from tests import hub_server
from tests import some_exports

_NAME, _TF2 = some_exports.NAME, some_exports.TF2
_BUNDLE = f'/{_TF2}?tf-hub-format=compressed'


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  return some_exports.make(tmp_path_factory.mktemp('download') / 'exports')


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


def test_what_a_client_has_is_not_sent_again(hub):
  etag = hub.ask(_BUNDLE)[1]['etag']
  for condition in (etag, f'W/{etag}', f'"other", {etag}', '*'):
    status, headers, body = hub.ask(_BUNDLE, if_none_match=condition)
    assert (status, headers['etag'], body) == (304, etag, b'')
  assert hub.ask(_BUNDLE, if_none_match='"other"')[0] == 200


def test_a_download_is_resumed_only_if_it_is_of_the_same(hub):
  _, headers, whole = hub.ask(_BUNDLE)
  part = {'range': 'bytes=100-'}
  status, _, body = hub.ask(_BUNDLE, **part, if_range=headers['etag'])
  assert (status, body) == (206, whole[100:])
  status, _, body = hub.ask(_BUNDLE, **part, if_range='"other"')
  assert (status, body) == (200, whole)
  status, headers, _ = hub.ask(_BUNDLE, range='bytes=999999999-')
  assert (status, headers['content-range']) == (416, f'bytes */{len(whole)}')


def test_who_wants_other_content_gets_none(hub):
  etag = hub.ask(_BUNDLE)[1]['etag']
  for condition in (etag, f'"other", {etag}', '*'):
    assert hub.ask(_BUNDLE, if_match=condition)[0] == 200
  for condition in ('"other"', f'W/{etag}'):
    status, _, body = hub.ask(_BUNDLE, if_match=condition)
    assert (status, etag in body.decode()) == (412, True)


def test_no_date_stands_for_content(hub):
  """A copy that was made earlier may be of what was exported later."""
  _, headers, whole = hub.ask(_BUNDLE)
  assert 'last-modified' not in headers
  date = 'Fri, 01 Jan 2100 00:00:00 GMT'
  assert hub.ask(_BUNDLE, if_modified_since=date)[::2] == (200, whole)
  answer = hub.ask(_BUNDLE, range='bytes=1-', if_range=date)
  assert answer[::2] == (200, whole)


@pytest.mark.parametrize(
  ('range_header', 'expected'),
  [
    ('pages=1-2', 200),
    ('everything', 200),
    ('Bytes=1-2', 206),
    ('bytes=1-2,4-5', 206),
    ('bytes=x', 400),
    ('bytes=5-1', 400),
  ],
)
def test_a_range_in_other_units_is_none(hub, range_header, expected):
  status, _, body = hub.ask(_BUNDLE, range=range_header)
  assert status == expected
  assert (body == hub.ask(_BUNDLE)[2]) == (status == 200)


@pytest.mark.parametrize('accept', ['text/html', '*/*'])
@pytest.mark.parametrize('path', [f'/{_TF2}', f'/{_NAME}', '/', '/x', '/.x'])
def test_a_cache_keeps_pages_for_browsers_alone(hub, path, accept):
  assert hub.ask(path, accept=accept)[1]['vary'] == 'accept, Origin'


@pytest.mark.parametrize('path', ['/', f'/{_TF2}', _BUNDLE, '/x', '/healthz'])
def test_no_file_is_taken_for_another_type(hub, path):
  assert hub.ask(path)[1]['x-content-type-options'] == 'nosniff'


@pytest.mark.parametrize('host', ['evil.example', '[', 'a b', '<b>', '\xe4'])
def test_the_host_that_a_client_names_is_for_this_client(hub, host):
  path = f'/{_TF2}?tf-hub-format=uncompressed'
  status, headers, _ = hub.ask(path, host=host)
  assert status in (303, 400)
  if status == 303:
    assert headers['cache-control'] == 'no-store'
  status, headers, _ = hub.ask(f'/{_NAME}?tf-hub-format=compressed', host=host)
  assert status in (302, 400)
  if status == 302:
    assert headers['location'] == _BUNDLE


@pytest.fixture(scope='module', name='with_site')
def _with_site(exports, tmp_path_factory):
  site = tmp_path_factory.mktemp('site')
  for name in (
    'index.html',
    f'{_TF2}.html',
    'guide/index.html',
    'a.js',
    '.env',
    '.git/config',
    'guide/.htpasswd',
    '.well/index.html',
  ):
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text('of the site')
  with hub_server.serve(exports, f'--site_dir={site}') as hub:
    yield hub


@pytest.mark.parametrize('path', ['/', f'/{_TF2}', '/guide/', '/a.js'])
def test_pages_of_a_site_are_for_browsers_alone(with_site, path):
  status, headers, body = with_site.ask(path, accept='text/html')
  assert (status, body) == (200, b'of the site')
  assert headers['vary'] == 'accept, Origin'
  assert headers['x-content-type-options'] == 'nosniff'


@pytest.mark.parametrize(
  'path',
  [
    '/.env',
    '/.git/config',
    '/%2egit/config',
    '/guide/../.env',
    '/guide/.htpasswd',
    '/.well',
    '/.well/',
  ],
)
@pytest.mark.parametrize('accept', ['text/html', '*/*'])
def test_hidden_files_of_a_site_are_not_served(with_site, path, accept):
  status, _, body = with_site.ask(path, accept=accept)
  assert status in (400, 404)
  assert b'of the site' not in body


@pytest.mark.parametrize('path', ['/guide', '//guide', '/guide/../guide'])
def test_a_folder_of_a_site_leads_to_no_other_host(with_site, path):
  headers = {'accept': 'text/html', 'host': 'evil.example'}
  status, answer_headers, _ = with_site.ask(f'{path}?a=b', **headers)
  assert (status, answer_headers['location']) == (302, '/guide/?a=b')
