"""What goes wrong inside is told without what is inside."""

import logging

import pytest

from exporter import errors
from exporter.hub import refusal


def test_a_refusal_is_itself():
  original = refusal.Refusal(404, 'it is not here', allow='GET')
  assert refusal.of(original) is original
  assert (original.status, original.headers) == (404, {'allow': 'GET'})


@pytest.mark.parametrize(
  ('error', 'says'),
  [
    (errors.ManifestError('/srv/a.json is damaged'), 'try again'),
    (errors.HubError('/srv/stock is gone'), 'the log says why'),
    (OSError(28, 'No space left', '/srv/stock'), 'the log says why'),
  ],
)
def test_an_error_is_logged_and_not_told(caplog, error, says):
  with caplog.at_level(logging.WARNING, 'uvicorn.error'):
    refused = refusal.of(error)
  assert isinstance(error, refusal.ERRORS)
  assert (refused.status, refused.headers) == (503, {'retry-after': '5'})
  assert says in str(refused)
  assert '/srv' not in str(refused)
  assert '/srv' in caplog.text
