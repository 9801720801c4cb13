"""The hub as its clients see it: a real server, asked over HTTP."""

from concurrent import futures
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import threading

import pytest

from tests import hub_server
from tests import some_exports

_TF2, _LITE = some_exports.TF2, some_exports.LITE
_BUNDLE = f'/{_TF2}?tf-hub-format=compressed'
_MEGABYTE = 2**20


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = some_exports.make(tmp_path_factory.mktemp('hub') / 'exports')
  (exports / some_exports.ONNX).write_bytes(os.urandom(32 * _MEGABYTE))
  some_exports.describe(exports, some_exports.ONNX)
  (exports.parent / 'secret.json').write_text('secret')
  return exports


@pytest.fixture(scope='module', name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


def test_it_lives(hub):
  assert hub.ask('/healthz')[::2] == (200, b'ok\n')


def test_a_bundle_is_the_same_bytes_each_time(hub):
  status, headers, first = hub.ask(_BUNDLE)
  assert (status, headers['content-type']) == (200, 'application/gzip')
  assert hub.ask(_BUNDLE)[2] == first
  assert hub.ask(f'/{_TF2}.tar.gz')[2] == first


def test_a_file_is_sent_as_it_was_made_or_made_again(exports):
  stock = exports.with_name(f'{exports.name}-stock')
  with hub_server.serve(exports) as hub:
    path = f'/{some_exports.LITE}'
    before = {target: hub.ask(target)[2] for target in (_BUNDLE, path)}
    for file in stock.glob('[0-9a-f]*'):
      file.write_text('tampered')
    assert {target: hub.ask(target)[2] for target in before} == before
    shutil.rmtree(stock)
    assert {target: hub.ask(target)[2] for target in before} == before


def test_it_says_when_it_cannot_send_files(tmp_path):
  exports, moved = tmp_path / 'exports', tmp_path / 'moved'
  some_exports.add(exports, _TF2)
  with hub_server.serve(exports) as hub:
    exports.rename(moved)
    assert hub.ask('/healthz')[0] == 503
    moved.rename(exports)
    assert hub.ask('/healthz')[0] == 200
    stock = exports.with_name(f'{exports.name}-stock')
    shutil.rmtree(stock)
    stock.write_text('')
    assert hub.ask('/healthz')[0] == 503


def test_a_stock_is_not_made_among_the_files_of_others(exports, tmp_path):
  (tmp_path / 'thesis.tex').touch()
  with (
    pytest.raises(
      RuntimeError, match=f"{tmp_path} holds 'thesis.tex'"
    ) as raised,
    hub_server.serve(exports, f'--stock_dir={tmp_path}'),
  ):
    pass
  assert 'Traceback' not in str(raised.value)
  assert [path.name for path in tmp_path.iterdir()] == ['thesis.tex']


def test_head_says_what_get_would(hub):
  _, expected, body = hub.ask(_BUNDLE)
  status, headers, nothing = hub.ask(_BUNDLE, 'HEAD')
  assert (status, nothing) == (200, b'')
  assert int(headers['content-length']) == len(body)
  assert headers['etag'] == expected['etag']


@pytest.mark.parametrize('path', [_LITE, f'{_TF2}/saved_model.pb'])
def test_files_are_sent_as_they_are(hub, exports, path):
  status, headers, body = hub.ask(f'/{path}')
  assert (status, body) == (200, (exports / path).read_bytes())
  assert headers['etag'] == f'"{hashlib.sha256(body).hexdigest()}"'


def test_hundreds_of_downloads_at_once_lose_nothing(hub, exports):
  path = f'/{some_exports.ONNX}'
  whole = (exports / some_exports.ONNX).read_bytes()
  span = (0, 2 * _MEGABYTE - 1)
  expected = hashlib.sha256(whole[: 2 * _MEGABYTE]).digest()
  start = threading.Barrier(300)

  def download(_: int) -> tuple[int, bytes]:
    start.wait()
    status, _, body = hub.ask(path, range='bytes={}-{}'.format(*span))
    return status, hashlib.sha256(body).digest()

  with futures.ThreadPoolExecutor(300) as pool:
    answers = list(pool.map(download, range(300)))
  assert set(answers) == {(206, expected)}


@pytest.mark.parametrize(
  'path',
  [
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/google/imagenet/../../../secret.json',
    f'/{_TF2}/../../../../../../secret.json',
    f'/{_TF2}/%2e%2e/5.json',
    '//etc/passwd',
    '/%2fetc%2fpasswd',
    '/google%00/imagenet',
    f'/{_TF2}/saved_model.pb%00',
    '/.slimhub-staging/x/y/z',
    '/..\\secret.json',
    '/%c0%ae%c0%ae/secret.json',
    f'/{_TF2}?tf-hub-format=zip',
    f'/{_TF2}?lite-format=onnx',
  ],
)
def test_what_is_malformed_is_refused(hub, path):
  status, headers, body = hub.ask(path)
  assert status == 400
  assert headers['content-type'].startswith('text/plain')
  assert b'expected' in body


def test_a_link_out_of_the_exports_is_not_followed(hub, exports):
  (exports / f'{some_exports.NAME}/1').symlink_to(exports.parent)
  (exports / f'{some_exports.NAME}/1.json').symlink_to(
    exports.parent / 'secret.json'
  )
  for path in ('1.json', '1', '1/secret.json', '1?tf-hub-format=compressed'):
    status, _, body = hub.ask(f'/{some_exports.NAME}/{path}')
    assert status == 404
    assert b'secret"' not in body
  for name in ('1', '1.json'):
    (exports / some_exports.NAME / name).unlink()


@pytest.mark.parametrize(
  ('status', 'path', 'headers'),
  [
    (414, '/' + 'a' * 3000, {}),
    (431, '/', {'x': 'a' * 20000}),
    (413, '/', {'content_length': '1000000000000'}),
    (413, '/', {'transfer_encoding': 'chunked'}),
    (400, '/', {'content_length': 'many'}),
    (431, '/', {'x': 'a' * 50000}),
    (414, '/' + 'a' * 50000, {}),
  ],
)
def test_what_is_too_large_or_senseless_is_refused(hub, status, path, headers):
  answer_status, _, body = hub.ask(path, **headers)
  assert (answer_status, bool(body)) == (status, True)
  assert hub.ask('/healthz')[0] == 200


def test_a_header_without_an_end_is_cut_off(hub):
  host, port = hub.address.split(':')
  with socket.create_connection((host, int(port))) as connection:
    connection.sendall(b'GET / HTTP/1.1\r\nx: ')
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
      while True:
        connection.sendall(b'a' * 65536)
  assert hub.ask('/healthz')[0] == 200


def test_what_is_no_http_is_refused(hub):
  host, port = hub.address.split(':')
  with socket.create_connection((host, int(port))) as connection:
    connection.sendall(b'\x16\x03\x01 hello\r\n\r\n')
    assert connection.recv(100).startswith(b'HTTP/1.1 400 ')


def test_other_methods_are_refused(hub):
  status, headers, _ = hub.ask(_BUNDLE, 'DELETE')
  assert status == 405
  assert set(headers['allow'].split(', ')) == {'GET', 'HEAD'}


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGHUP])
def test_a_download_ends_before_the_server_does(exports, number):
  with hub_server.serve(exports) as hub:
    with contextlib.closing(hub.connect()) as connection:
      connection.request('GET', f'/{some_exports.ONNX}')
      answer = connection.getresponse()
      begun = answer.read(_MEGABYTE)
      hub.process.send_signal(number)
      body = begun + answer.read()
    assert body == (exports / some_exports.ONNX).read_bytes()
    code, output = hub.wait()
    assert code == 0, output
    assert f'"GET /{some_exports.ONNX} HTTP/1.1" 200' in output


def test_a_port_that_is_taken_is_named(hub, exports):
  port = hub.address.split(':')[1]
  with hub_server.start(exports, f'--port={port}') as process:
    output, _ = process.communicate()
  assert process.returncode == 1
  assert f'127.0.0.1, port {port}' in output
  assert 'another --port' in output
  assert 'Traceback' not in output


def test_a_host_that_is_not_this_one_is_named(exports):
  with hub_server.start(exports, '--host=192.0.2.1', '--port=0') as process:
    output, _ = process.communicate()
  assert process.returncode == 1
  assert 'another --host' in output
  assert 'Traceback' not in output


def test_a_missing_folder_is_an_error(tmp_path):
  with hub_server.start(tmp_path / 'missing', '--port=0') as process:
    output, _ = process.communicate()
  assert process.returncode == 1
  assert f'{tmp_path / "missing"} is no folder' in output
  assert 'Traceback' not in output


def test_an_empty_folder_is_served_and_what_comes_later_too(tmp_path):
  exports = tmp_path / 'exports'
  exports.mkdir()
  with hub_server.serve(exports) as hub:
    assert json.loads(hub.ask('/index.json')[2])['exports'] == []
    assert hub.ask('/', accept='text/html')[0] == 200
    assert hub.ask(f'/{_TF2}')[0] == 404
    some_exports.add(exports, _TF2)
    (entry,) = json.loads(hub.ask('/index.json')[2])['exports']
    assert entry['handle'] == _TF2
    assert hub.ask(_BUNDLE)[0] == 200
    assert b'Did you mean' in hub.ask(f'/{some_exports.TF1}')[2]
    shutil.rmtree(exports / 'google')
    assert json.loads(hub.ask('/index.json')[2])['exports'] == []
    assert hub.ask(f'/{_TF2}')[0] == 404
