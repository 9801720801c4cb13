"""Measures requests a second of the hub, compared with nginx on packed exports.

It is run as `python -m benchmarks.serving [CONNECTIONS] [SECONDS] [ROUNDS]`. It
needs wrk, which sends the requests, and nginx, from Debian's packages of these
names. The hub answers alone, with two processes, and with two behind nginx,
which sends the files; `python -m benchmarks.serving memory [REQUESTS]` tells
what memory those need after more and more downloads. The servers and wrk share
the cores of this machine. The hub has many exports beside the one that is asked
for, of which nginx sees nothing: it would not do more with them.
"""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from typing import Any

from benchmarks import process
from exporter.hub import pack
from exporter.storage import folder
import model_specs
from tests import hub_server
from tests import nginx
from tests import some_exports

_HANDLE = 'google/imagenet/mobilenet_v1_025_128/classification/5'
_REQUESTS = {
  'bundle': (f'{_HANDLE}?tf-hub-format=compressed', '*/*'),
  'page': (_HANDLE, 'text/html'),
  'missing': (f'{_HANDLE}5', '*/*'),
}
_TWO = '--workers=2'
_PUBLISHERS = 10  # Who export all published models, in small.


def _export(exports: pathlib.Path) -> None:
  pattern = '/'.join(_HANDLE.split('/')[2:])
  process.run(
    [
      *(
        sys.executable,
        '-m',
        'exporter',
        'export',
        pattern,
        '--synthetic_weights',
      ),
      f'--output_dir={exports}',
    ]
  )


def _export_others(exports: pathlib.Path) -> int:
  """Adds exports with the manifests and cards of real ones."""
  names = [
    f'publisher-{number}/{str(handle).partition("/")[2]}'
    for number in range(_PUBLISHERS)
    for handle in model_specs.find('*')
  ]
  for name in names:
    some_exports.add(exports, name)
  return len(names)


@contextlib.contextmanager
def _hub(exports: pathlib.Path, *flags: str) -> Iterator[tuple[str, list[int]]]:
  with hub_server.serve(exports, *flags) as hub:
    yield hub.url, [hub.process.pid]


@contextlib.contextmanager
def _behind_nginx(exports: pathlib.Path) -> Iterator[tuple[str, list[int]]]:
  conf = exports.with_name('conf')
  with (
    _hub(exports, _TWO, f'--nginx_dir={conf}') as (_, pids),
    nginx.serve_hub(conf) as (url, pid),
  ):
    yield url, [*pids, pid]


@contextlib.contextmanager
def _nginx(exports: pathlib.Path) -> Iterator[tuple[str, list[int]]]:
  with nginx.serve(exports.with_name('packed')) as (url, pid):
    yield url, [pid]


_SERVERS: dict[str, Callable[..., Any]] = {
  'nginx': _nginx,
  'slimhub': _hub,
  'two': lambda exports: _hub(exports, _TWO),
  'accel': _behind_nginx,
}


def _peak_mb(pids: Sequence[int]) -> float:
  """The peak of processes and their children, without shared memory."""
  all_pids = list(pids)
  for pid in pids:
    children = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()
    all_pids += map(int, children.split())
  return sum(peak - shared for peak, shared in map(process.peak_mb, all_pids))


def _ask(url: str, accept: str, connections: int, seconds: int) -> list[str]:
  """Lets wrk send requests to a URL.

  Returns:
    What wrk printed of: requests a second, the median and the 99th percentile
    of the latency, bytes a second, refused requests and socket errors.
  """
  done = subprocess.run(
    [
      *(
        'wrk',
        '--latency',
        '--timeout=60s',
        f'-t{min(2, connections)}',
        f'-c{connections}',
      ),
      *(f'-d{seconds}s', f'-HAccept: {accept}', url),
    ],
    capture_output=True,
    text=True,
    check=True,
  )

  def find(pattern: str) -> str:
    match = re.search(pattern, done.stdout, re.MULTILINE)
    return match.group(1) if match else '0'

  return [
    find(r'Requests/sec:\s+(\S+)'),
    find(r'^ +50%\s+(\S+)'),
    find(r'^ +99%\s+(\S+)'),
    find(r'Transfer/sec:\s+(\S+)'),
    find(r'Non-2xx or 3xx responses: (\d+)'),
    find(r'Socket errors: (.*)'),
  ]


def main(connections: int = 300, seconds: int = 10, rounds: int = 1) -> None:
  """Prints a line for each server and request.

  Args:
    connections: How many wrk keeps open.
    seconds: How long it asks for one thing.
    rounds: How often all is done, so that what disturbs one server for a while
      disturbs the others, too.
  """
  print(f'{os.cpu_count()} cores, {connections} connections')
  form = '{:<9}{:<9}{:>10}{:>11}{:>11}{:>12}{:>9}{:>8}{:>6}'
  header = ('requests/s', 'median', '99 %', 'bytes/s', 'refused', 'lost', 'MB')
  print(form.format('server', 'what', *header))
  with tempfile.TemporaryDirectory() as name:
    exports = pathlib.Path(name, 'exports')
    _export(exports)
    for result in pack.pack_exports(
      folder.items(exports), exports.with_name('packed')
    ):
      assert not result.reason, result.reason
    print(f'{_export_others(exports)} other exports in the hub')
    for server, start in [*_SERVERS.items()] * rounds:
      with start(exports) as (url, pids):
        _ask(f'{url}/{_REQUESTS["bundle"][0]}', '*/*', 1, 1)  # Packed once.
        for what, (path, accept) in _REQUESTS.items():
          figures = _ask(f'{url}/{path}', accept, connections, seconds)
          megabytes = f'{_peak_mb(pids):.0f}'
          print(form.format(server, what, *figures, megabytes), flush=True)


def memory(requests: int = 100_000) -> None:
  """Prints what memory two processes need after more and more downloads."""
  path, accept = _REQUESTS['bundle']
  with tempfile.TemporaryDirectory() as name:
    exports = pathlib.Path(name, 'exports')
    _export(exports)
    with _behind_nginx(exports) as (url, pids):
      sent, seconds = 0.0, 10
      while sent < requests:
        rate = float(_ask(f'{url}/{path}', accept, 300, seconds)[0])
        sent += rate * seconds
        print(f'{sent:8.0f} requests {_peak_mb(pids):6.1f} MB', flush=True)


if __name__ == '__main__':
  if sys.argv[1:2] == ['memory']:
    memory(*map(int, sys.argv[2:]))
  else:
    main(*map(int, sys.argv[1:]))
