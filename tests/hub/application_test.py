"""A hub has one address for whoever asks, and however."""

import pytest

from tests import hub_server
from tests import some_exports

_TF1, _TF2 = some_exports.TF1, some_exports.TF2


@pytest.fixture(scope='module', name='hub')
def _hub(tmp_path_factory):
  exports = tmp_path_factory.mktemp('application') / 'exports'
  some_exports.add(exports, _TF2)
  with hub_server.serve(exports) as hub:
    yield hub


@pytest.mark.parametrize(
  'path', [f'/{_TF2}', f'/{_TF2}?tf-hub-format=compressed', '/healthz', '/x']
)
def test_a_whole_url_is_answered_as_its_path(hub, path):
  expected = hub.ask(path)
  for host in ('http://localhost:7777', 'HTTP://example.org'):
    answer = hub.ask(f'{host}{path}')
    assert answer[::2] == expected[::2]


def test_a_url_without_a_path_is_the_front(hub):
  assert hub.ask('http://localhost:7777')[2] == hub.ask('/')[2]


@pytest.mark.parametrize(
  'path',
  ['http:///../x', 'http://a/../x', 'http://a//b', 'https:/', 'ftp://a/b'],
)
def test_what_is_no_url_of_a_hub_is_refused(hub, path):
  assert hub.ask(path)[0] in (400, 404)


def test_each_answer_says_that_its_type_is_its_type(hub):
  for path in (f'/{_TF2}', '/index.json', '/x', '/api/v1/x/y'):
    assert hub.ask(path)[1]['x-content-type-options'] == 'nosniff'


def test_a_browser_gets_the_page_of_a_site_by_every_name(tmp_path):
  exports, site = tmp_path / 'exports', tmp_path / 'site'
  some_exports.add(exports, _TF2)
  for name, text in (('index', 'front'), (_TF2, 'page'), ('404', 'nothing')):
    path = site / f'{name}.html'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
  name = 'google/mobilenet-v1/tensorFlow2/025-128-classification'
  with hub_server.serve(exports, f'--site_dir={site}') as hub:
    for path in (f'/models/{name}/2?tfhub-redirect=true', f'/{name}'):
      _, headers, _ = hub.ask(path, accept='text/html')
      assert headers['location'] == f'/{_TF2}'
      assert headers['vary'] == 'accept, Origin'
    assert hub.ask(f'/{_TF2}', accept='text/html')[2] == b'page'
    for hidden in ('/.git/config', '/x/.secret'):
      path = site / hidden[1:]
      path.parent.mkdir(parents=True, exist_ok=True)
      path.write_text('hidden')
      assert hub.ask(hidden, accept='text/html')[0] != 200
    bundle = f'/models/{name}/2?tf-hub-format=compressed'
    assert hub.ask(bundle)[2] == hub.ask(f'/{_TF2}.tar.gz')[2]


def test_a_site_is_shown_to_browsers_and_models_to_programs(tmp_path):
  exports = some_exports.make(tmp_path / 'exports')
  site = tmp_path / 'site'
  files = {
    'index.html': 'front',
    '404.html': 'nothing',
    f'{_TF2}.html': 'page',
    f'{_TF2[:-1]}4.html': 'page of what is not there',
    'guide/index.html': 'guide',
    'assets/a.css': 'style',
  }
  for name, text in files.items():
    (site / name).parent.mkdir(parents=True, exist_ok=True)
    (site / name).write_text(text)
  (site / 'out').symlink_to(tmp_path)
  with hub_server.serve(exports, f'--site_dir={site}') as hub:
    for path, text in {
      '/': 'front',
      f'/{_TF2}': 'page',
      f'/{_TF2}.html': 'page',
      '/guide/': 'guide',
      '/assets/a.css': 'style',
    }.items():
      assert hub.ask(path, accept='text/html')[2].decode() == text
    assert hub.ask('/assets/a.css')[2] == b'style'
    assert b'Its card.' in hub.ask(f'/{_TF1}', accept='text/html')[2]
    bundle_path = f'/{_TF2}?tf-hub-format=compressed'
    assert hub.ask(bundle_path, accept='text/html')[2][:2] == b'\x1f\x8b'
    for path in (f'/out/exports/{_TF2}.json', '/%00'):
      assert hub.ask(path, accept='text/html')[0] in (400, 404)
    status, headers, body = hub.ask('/nothing', accept='text/html')
    assert (status, body) == (404, b'nothing')
    assert headers['content-type'].startswith('text/html')
    again = hub.ask(
      '/nothing', accept='text/html', if_none_match=headers['etag']
    )
    assert again[0] == 404
    for name in ('/nothing', '/x/y/nothing/classification/1'):
      assert hub.ask(name)[2] != b'nothing'
    # A program that asks for a model never takes a page for one.
    for query in ('tf-hub-format=compressed', 'lite-format=tflite'):
      for name in (f'{_TF2}?{query}', f'{_TF2[:-1]}4?{query}', f'x?{query}'):
        for kind in ('*/*', 'text/html'):
          headers = hub.ask(f'/{name}', accept=kind)[1]
          assert 'html' not in headers['content-type']
    (site / '404.html').unlink()
    assert hub.ask('/nothing', accept='text/html')[0] == 404
    assert hub.ask('/assets/../../exports/x')[0] in (400, 404)
