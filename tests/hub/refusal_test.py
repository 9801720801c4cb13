"""What goes wrong inside is told without what is inside."""

import logging

import pytest

from exporter import errors
from exporter.hub import refusal


def test_a_refusal_is_itself():
  given = refusal.Refusal(404, 'it is not here', allow='GET')
  assert refusal.of(given) is given
  assert (given.status, given.headers) == (404, {'allow': 'GET'})


@pytest.mark.parametrize(
  ('error', 'said'),
  [
    (errors.ManifestError('/srv/a.json is damaged'), 'try again'),
    (errors.HubError('/srv/stock is gone'), 'the log says why'),
    (OSError(28, 'No space left', '/srv/stock'), 'the log says why'),
  ],
)
def test_an_error_is_logged_and_not_told(caplog, error, said):
  with caplog.at_level(logging.WARNING, 'uvicorn.error'):
    found = refusal.of(error)
  assert isinstance(error, refusal.ERRORS)
  assert (found.status, found.headers) == (503, {'retry-after': '5'})
  assert said in str(found)
  assert '/srv' not in str(found)
  assert '/srv' in caplog.text
