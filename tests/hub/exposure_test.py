"""A hub as it stands where others reach it: everything at once, for real."""

from concurrent import futures
import contextlib
import hashlib
import json
import os
import socket
import ssl
import time

import pytest
import requests

from tests import hub_server
from tests import some_exports
from tests.checkpoints import certificate_made
from tests.signing import keys as keys_lib

_TOKEN = 'correct horse battery'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  folder = tmp_path_factory.mktemp('exposed')
  exports = some_exports.make(folder / 'exports')
  (exports / some_exports.ONNX).write_bytes(os.urandom(2**24))
  some_exports.describe(exports, some_exports.ONNX)
  certificate_made.write(folder / 'both.pem')
  sha256 = hashlib.sha256(_TOKEN.encode()).hexdigest()
  (folder / 'tokens').write_text(
    f'alice {sha256} /google\nwatch {sha256} /metrics\n'
  )
  return folder


@pytest.fixture(scope='module', name='hub')
def _hub(folder):
  with hub_server.serve(
    folder / 'exports',
    f'--tls_certificate={folder / "both.pem"}',
    f'--tls_key={folder / "both.pem"}',
    f'--token_file={folder / "tokens"}',
    '--log_format=json',
    '--metrics',
    '--client_connections=20',
  ) as hub:
    yield hub


@pytest.fixture(name='ask')
def _ask(hub, folder):
  def ask(path: str, token: str = _TOKEN) -> requests.Response:
    return requests.get(
      f'{hub.url}/{path}',
      headers={'Authorization': f'Bearer {token}'} if token else {},
      verify=folder / 'both.pem',
      timeout=60,
    )

  return ask


def test_it_answers_over_tls_who_has_a_token(hub, ask, folder):
  assert hub.url.startswith('https://')
  answer = ask(f'{some_exports.TF2}.json')
  assert answer.json()['handle'] == some_exports.TF2
  file = ask(f'{some_exports.TF2}/saved_model.pb')
  path = folder / 'exports' / some_exports.TF2 / 'saved_model.pb'
  assert file.content == path.read_bytes()
  assert ask(f'{some_exports.TF2}.json', '').status_code == 401
  assert ask('index.json').status_code == 403
  assert ask('healthz', '').status_code == 200


def test_downloads_over_tls_at_once_are_whole(ask, folder):
  data = (folder / 'exports' / some_exports.ONNX).read_bytes()
  with futures.ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(ask, [some_exports.ONNX] * 8))
  assert {hashlib.sha256(answer.content).digest() for answer in answers} == {
    hashlib.sha256(data).digest()
  }


def test_the_log_is_json_and_names_who_asked(hub, ask):
  ask('google/nobody%0Aasked', _TOKEN)
  ask('google/nobody', 'guess')
  entries: list[dict] = []
  while len(entries) < 2:  # The log is written after the answer.
    lines = [line for line in hub.said.splitlines() if line.startswith('{')]
    entries = [json.loads(x) for x in lines if 'google/nobody' in x]
  assert [entry['user'] for entry in entries] == ['alice', '']
  assert [entry['status'] for entry in entries] == [404, 401]
  assert '"GET ' not in hub.said  # The log of uvicorn itself.


def test_it_counts(ask):
  ask(f'{some_exports.TF2}.json')
  text = ask('metrics').text
  assert 'slimhub_requests_total{method="GET",status="200"}' in text
  assert ask('metrics', '').status_code == 401


def test_who_speaks_no_tls_is_not_answered(hub):
  with hub.open() as client:
    client.sendall(b'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
    with contextlib.suppress(ConnectionResetError):
      assert not client.recv(2**16).startswith(b'HTTP')


def test_who_takes_nothing_over_tls_is_not_waited_for(folder):
  certificate = folder / 'both.pem'
  flags = (f'--tls_certificate={certificate}', f'--tls_key={certificate}')
  with hub_server.serve(
    folder / 'exports', *flags, module='tests.hub.impatient'
  ) as hub:
    with _open(hub) as client:
      request = f'GET /{some_exports.ONNX} HTTP/1.1\r\nhost: a\r\n\r\n'
      client.sendall(request.encode())
      while 'has taken nothing' not in hub.said:
        pass
    with _open(hub) as client:
      assert not client.recv(1)  # It never asked for anything.


def _open(hub: hub_server.Server) -> socket.socket:
  context = ssl.create_default_context()
  context.check_hostname = False
  context.verify_mode = ssl.CERT_NONE
  return context.wrap_socket(hub.open())


def test_one_address_has_no_more_connections_than_one_may(hub):
  with contextlib.ExitStack() as stack:
    for _ in range(20):
      stack.enter_context(_open(hub))
    client = stack.enter_context(_open(hub))
    assert client.recv(2**16).startswith(b'HTTP/1.1 429 ')
    # Who sends the request only now, and in parts, does not find it broken.
    for part in (b'GET /healthz HTTP/1.1\r\n', b'host: a\r\n', b'\r\n'):
      client.sendall(part)
      time.sleep(0.1)
  while True:  # Until it sees that they are gone.
    with _open(hub) as client:
      client.sendall(b'GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
      if client.recv(2**16).startswith(b'HTTP/1.1 200'):
        break


@pytest.mark.parametrize(
  ('flags', 'says'),
  [
    (['--tls_key={}/both.pem'], '--tls_certificate and --tls_key go together'),
    (
      ['--tls_certificate={}/tokens', '--tls_key={}/both.pem'],
      'are no certificate with its key',
    ),
    (
      ['--tls_certificate={}/both.pem', '--tls_key={}/other.pem'],
      'are no certificate with its key',
    ),
    (
      ['--tls_certificate={}/both.pem', '--tls_key={}/none'],
      'are no certificate with its key',
    ),
    (['--token_file={}/both.pem'], 'expected NAME SHA256 /PREFIX'),
  ],
)
def test_files_that_do_not_fit_are_refused_at_once(folder, flags, says):
  keys_lib.make(folder, 'other', 'secret')
  named = [flag.format(folder) for flag in flags]
  with (
    pytest.raises(RuntimeError) as raised,
    hub_server.serve(folder / 'exports', *named),
  ):
    pass
  assert says in str(raised.value)
  assert 'Traceback' not in str(raised.value)
