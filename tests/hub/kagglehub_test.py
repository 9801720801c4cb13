"""kagglehub, as users install it, downloads from a hub."""

from collections.abc import Iterator
import contextlib
import dataclasses
import json
import pathlib
import shutil
import subprocess
import time

import pytest

from tests import file_tree
from tests import hub_server
from tests import some_exports
from tests.consumers import environments

_TF1, _TF2, _LITE = some_exports.TF1, some_exports.TF2, some_exports.LITE
_MODEL = 'google/mobilenet-v1/tensorFlow2/025-128-classification'
_PORT = 7777  # What kagglehub asks in its environment TEST, and no other.
_PATIENCE = 120  # Seconds until others have left the port.
_DATA = 'variables/variables.data-00000-of-00001'
_MEGABYTE = 2**20
# In its environment TEST kagglehub prints what it gets, so that the outcomes go
# into a file instead.
_CLIENT = """
import json
import resource
import sys
import kagglehub
most = int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, -1))
outcomes = []
for arguments in json.loads(sys.argv[1]):
  try:
    outcomes.append([kagglehub.model_download(**arguments), ''])
  except Exception as error:
    outcomes.append(['', f'{type(error).__name__}: {error}'])
resource.setrlimit(resource.RLIMIT_FSIZE, (-1, -1))
with open(sys.argv[2], 'w') as file:
  json.dump(outcomes, file)
"""


@dataclasses.dataclass(frozen=True)
class Client:
  """A release of kagglehub, whose cache is empty at first."""

  environment: environments.Environment
  folder: pathlib.Path
  variables: dict[str, str]

  @property
  def cache(self) -> pathlib.Path:
    """Where it keeps models."""
    return self.folder / 'cache' / 'models'

  def start(
    self,
    *downloads: dict[str, str],
    most: int = -1,
    stdout: int = subprocess.DEVNULL,
  ) -> subprocess.Popen:
    """Starts to download; no file may become larger than `most`."""
    python = environments.interpreter(self.environment)
    arguments = (json.dumps(downloads), self.folder / 'told', str(most))
    return subprocess.Popen(
      [python, '-c', _CLIENT, *arguments],
      env=environments.variables(
        HOME=str(self.folder),
        KAGGLE_CONFIG_DIR=str(self.folder),
        KAGGLEHUB_CACHE=str(self.folder / 'cache'),
        PYTHONPATH='',
        **self.variables,
      ),
      cwd=self.folder,
      stdout=stdout,
      stderr=subprocess.PIPE,
      text=True,
      errors='replace',
    )

  def download(
    self, *handles: str, path: str | None = None, most: int = -1
  ) -> list[tuple[pathlib.Path, str]]:
    """Downloads; returns a path or an error for each handle."""
    more = {'path': path} if path else {}
    process = self.start(*({'handle': h, **more} for h in handles), most=most)
    _, stderr = process.communicate()
    assert process.returncode == 0, stderr[-3000:]
    outcomes = json.loads((self.folder / 'told').read_text())
    return [(pathlib.Path(place), error) for place, error in outcomes]


def _client(
  release: str, hub: hub_server.Server, folder: pathlib.Path
) -> Client:
  folder.mkdir(exist_ok=True)
  # New releases take no other host, but they ask a proxy for their own.
  environment, variables = {
    '0.3.13': (
      environments.KAGGLEHUB_BY_PATHS,
      {'KAGGLE_API_ENDPOINT': hub.url},
    ),
    '1.0.0': (
      environments.FIRST_KAGGLEHUB_1,
      {'KAGGLE_API_ENVIRONMENT': 'TEST', 'http_proxy': hub.url},
    ),
    'today': (
      environments.TODAY,
      {'KAGGLE_API_ENVIRONMENT': 'LOCALHOST', 'http_proxy': hub.url},
    ),
  }[release]
  return Client(environment, folder, {**variables, 'no_proxy': ''})


def _write(exports: pathlib.Path, name: str, content: bytes) -> None:
  path = exports / _TF2 / name
  path.parent.mkdir(parents=True, exist_ok=True)
  path.write_bytes(content)
  some_exports.describe(exports, _TF2)


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path / 'exports')


@pytest.fixture(name='hub')
def _hub(exports):
  with hub_server.serve(exports) as hub:
    yield hub


_OLD = [pytest.param(v, marks=pytest.mark.others) for v in ('0.3.13', '1.0.0')]


@pytest.fixture(name='client', params=[*_OLD, 'today'])
def _any_client(request, hub, tmp_path):
  return _client(request.param, hub, tmp_path / 'client')


def test_models_are_downloaded(client, exports):
  some_exports.add(exports, f'{some_exports.NAME}/4', 'an older version')
  names = {
    f'{_MODEL}/1': f'{some_exports.NAME}/4',
    f'{_MODEL}/2': _TF2,
    _MODEL: _TF2,
    f'{_MODEL.replace("tensorFlow2", "TensorFlow2")}/2': _TF2,
    _MODEL.replace('tensorFlow2', 'tensorFlow1'): _TF1,
    _MODEL.replace('tensorFlow2', 'tfLite'): pathlib.Path(_LITE).parent,
  }
  for (name, export), (path, error) in zip(
    names.items(), client.download(*names), strict=True
  ):
    assert not error
    expected = file_tree.read(exports / export)
    kept = ('.json', '.jsonl', '.md')
    assert file_tree.read(path) == {
      k: v for k, v in expected.items() if not k.endswith(kept)
    }
    version = name.removeprefix(f'{name.rpartition("/")[0]}/')
    assert path.name == (version if version in ('1', '2') else '2')
    assert path.with_name(f'{path.name}.complete').exists()


def test_one_file_is_downloaded(client, exports):
  name = 'variables/variables.index'
  (exports / _TF2 / name).write_text('an index')
  some_exports.describe(exports, _TF2)
  for handle in (_MODEL, f'{_MODEL}/2'):
    ((path, error),) = client.download(handle, path=name)
    assert not error
    assert path == client.cache / _MODEL / '2' / name
    assert path.read_text() == 'an index'
  lite = _MODEL.replace('tensorFlow2', 'tfLite')
  ((path, error),) = client.download(lite, path='float32.tflite')
  assert not error
  assert path.read_bytes() == (exports / _LITE).read_bytes()


@pytest.mark.parametrize('count', [25, 26])
def test_many_files_are_downloaded_at_once_or_as_one(
  client, exports, hub, count
):
  for number in range(count - 2):
    path = exports / _TF2 / 'assets' / f'{number:02} ü.txt'
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'{number}' * 100000)
  some_exports.describe(exports, _TF2)
  ((path, error),) = client.download(_MODEL)
  assert not error
  assert file_tree.read(path) == file_tree.read(exports / _TF2)
  archives = hub.log().count('/download HTTP/1.1" 200')
  assert archives == (1 if count > 25 else 0)


def test_what_is_not_here_is_told_what_is(client):
  wrong = _MODEL.replace('025-128', '025-182')
  outcomes = client.download(f'{_MODEL}/7', wrong, f'{wrong}/1')
  for (_, error), says in zip(
    outcomes,
    (
      f'{_MODEL} has no version 7 here; it has 2',
      f'{wrong} is not here. Did you mean {_MODEL}/2?',
      f'Did you mean {_MODEL}/2?',
    ),
    strict=True,
  ):
    assert says in error
    assert error.startswith('KaggleApiHTTPError: ')
  ((_, error),) = client.download(f'{_MODEL}/2', path='variables')
  assert "no file 'variables'; its files are saved_model.pb" in error
  assert not list(client.cache.rglob('*.complete'))


def test_a_download_that_broke_off_is_resumed(client, exports, hub):
  content = bytes(range(256)) * 20000
  _write(exports, _DATA, content)
  ((_, error),) = client.download(_MODEL, most=_MEGABYTE)
  part = client.cache / _MODEL / '2' / _DATA
  assert 'File too large' in error
  assert 0 < part.stat().st_size <= _MEGABYTE
  ((path, error),) = client.download(_MODEL)
  assert not error
  assert (path / _DATA).read_bytes() == content
  assert f'{_DATA} HTTP/1.1" 206' in hub.log()


def test_no_download_is_resumed_with_another_export(client, exports):
  _write(exports, _DATA, b'old' * _MEGABYTE)
  client.download(_MODEL, most=_MEGABYTE)
  _write(exports, _DATA, b'new' * _MEGABYTE)
  ((_, error),) = client.download(_MODEL)
  assert error.startswith('DataCorruptionError')
  ((path, error),) = client.download(_MODEL)
  assert not error
  assert (path / _DATA).read_bytes() == b'new' * _MEGABYTE


def test_many_clients_at_once_get_the_same(hub, exports, tmp_path):
  _write(exports, _DATA, bytes(range(256)) * 40000)
  clients = [
    _client('today', hub, tmp_path / f'client-{number}') for number in range(4)
  ]
  started = [client.start({'handle': _MODEL}) for client in clients]
  expected = file_tree.read(exports / _TF2)
  for client, process in zip(clients, started, strict=True):
    _, stderr = process.communicate()
    assert process.returncode == 0, stderr
    assert file_tree.read(client.cache / _MODEL / '2') == expected


def test_it_prints_no_content_where_a_hub_is_its_proxy(hub, tmp_path):
  client = _client('today', hub, tmp_path / 'client')
  process = client.start({'handle': _MODEL}, stdout=subprocess.PIPE)
  printed, _ = process.communicate()
  assert 'HTTP' not in printed
  content = (client.cache / _MODEL / '2' / 'saved_model.pb').read_text()
  assert content not in printed


def test_credentials_are_for_nobody_here(hub, tmp_path):
  client = _client('today', hub, tmp_path / 'client')
  named = {'KAGGLE_USERNAME': 'me', 'KAGGLE_KEY': 'secret'}
  client = dataclasses.replace(client, variables={**client.variables, **named})
  ((_, error),) = client.download(_MODEL)
  assert not error
  assert 'secret' not in hub.log()


@contextlib.contextmanager
def _at_port(exports: pathlib.Path) -> Iterator[hub_server.Server]:
  """A hub at the one port, once other runs of this test have left it."""
  ends = time.monotonic() + _PATIENCE
  while True:
    try:
      with hub_server.serve(exports, f'--port={_PORT}') as hub:
        yield hub
        return
    except RuntimeError as error:
      if 'cannot listen' not in str(error) or time.monotonic() > ends:
        raise
      time.sleep(0.2)


def test_it_needs_no_more_than_a_port(exports, tmp_path):
  with _at_port(exports) as hub:
    client = _client('today', hub, tmp_path / 'client')
    variables = {'KAGGLE_API_ENVIRONMENT': 'TEST', 'no_proxy': '*'}
    client = dataclasses.replace(client, variables=variables)
    ((path, error),) = client.download(_MODEL)
  assert not error
  assert file_tree.read(path) == file_tree.read(exports / _TF2)
  shutil.rmtree(exports)
  ((again, error),) = client.download(f'{_MODEL}/2')
  assert (again, error) == (path, '')
