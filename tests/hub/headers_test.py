"""Browsers and caches are told what they may do with every answer."""

import pytest
import requests

from exporter.hub import headers
from tests import hub_server
from tests import some_exports
from tests.hub import served_app


@pytest.fixture(scope='module', name='url')
def _url():
  with served_app.serve(headers.Headers(served_app.plain)) as url:
    yield url


def test_every_answer_has_them(url):
  for path in ('/', '/missing', '/page.html'):
    answer_headers = requests.get(f'{url}{path}', timeout=60).headers
    assert answer_headers['Referrer-Policy'] == 'no-referrer'
    assert answer_headers['X-Frame-Options'] == 'DENY'
    assert "frame-ancestors 'none'" in answer_headers['Content-Security-Policy']


def test_a_page_of_a_site_runs_only_its_own_scripts(url):
  def policy(path: str) -> str:
    answer = requests.get(f'{url}{path}', timeout=60)
    return answer.headers['Content-Security-Policy']

  assert "script-src 'self'" in policy('/page.html')
  assert 'script' not in policy('/file')


def test_no_error_is_kept(url):
  answers = [requests.get(f'{url}{p}', timeout=60) for p in ('/', '/missing')]
  kept = [answer.headers['Cache-Control'] for answer in answers]
  assert kept == ['no-cache', 'no-store']


def test_a_real_hub_says_them_all(tmp_path):
  exports = some_exports.make(tmp_path / 'exports')
  with hub_server.serve(exports) as hub:
    for path in ('/', f'/{some_exports.TF2}', f'/{some_exports.TF2}.tar.gz'):
      _, answer_headers, _ = hub.ask(path, accept='text/html')
      assert answer_headers['x-content-type-options'] == 'nosniff'
      assert answer_headers['referrer-policy'] == 'no-referrer'
      assert answer_headers['content-security-policy'].startswith(
        "default-src 'none'"
      )
      assert answer_headers['cache-control'] == 'no-cache'
      if 'tar.gz' not in path:
        assert answer_headers['vary'] == 'accept, Origin'
