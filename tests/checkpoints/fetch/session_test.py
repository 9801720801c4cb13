"""No hop of a chain of redirects leaves https."""

import pytest

from exporter.checkpoints.fetch import session
from tests.checkpoints import archive_server
from tests.checkpoints import certificate_made
from tests.checkpoints.archive_server import Answer
from tests.checkpoints.fetch import download_target

_DATA = b'what is asked for'


@pytest.fixture(name='server')
def _server():
  with archive_server.serve(file=_DATA) as archives:
    yield archives


@pytest.fixture(name='target')
def _target(tmp_path):
  return download_target.Target(tmp_path)


@pytest.fixture(name='secure', scope='module')
def _certificate(tmp_path_factory):
  return certificate_made.write(tmp_path_factory.mktemp('tls') / 'both.pem')


def _redirect(location: str) -> Answer:
  return Answer(302, body=b'', headers={'Location': location})


def test_a_redirect_from_https_to_https_is_followed(
  secure, target, monkeypatch
):
  monkeypatch.setenv('REQUESTS_CA_BUNDLE', str(secure))
  with archive_server.serve(secure, file=_DATA) as server:
    server.answers = [_redirect('/first'), _redirect(f'{server.url}/file')]
    assert target.download(f'{server.url}/file') == _DATA


@pytest.mark.parametrize('hops', [1, 2])
def test_a_redirect_away_from_https_is_not_followed(
  server, secure, target, monkeypatch, hops
):
  """Not even if what it leads to would lead back to https."""
  monkeypatch.setenv('REQUESTS_CA_BUNDLE', str(secure))
  with archive_server.serve(secure, file=_DATA) as https:
    server.always = _redirect(f'{https.url}/file')
    https.answers = [_redirect('/next')] * (hops - 1)
    https.answers.append(_redirect(f'{server.url}/file?a=%20b'))
    message = target.refused(f'{https.url}/file')
    assert len(https.asked) == hops
  assert f'redirects to {server.url}/file?a=%20b, where anybody' in message
  assert not server.asked


def test_without_https_nothing_is_left(server, target):
  server.answers = [_redirect(f'{server.url}/other/file')]
  assert target.download(f'{server.url}/file') == _DATA


def test_the_cause_of_an_error_is_what_the_system_says():
  def fail() -> None:
    try:
      raise FileNotFoundError(2, 'No such file')
    except FileNotFoundError as error:
      raise ValueError('<object at 0x1>') from error

  with pytest.raises(ValueError, match='object') as raised:
    fail()
  assert session.cause(raised.value) == 'No such file'
