"""Measures requests a second of the hub, compared with nginx on packed exports.

It is run as `python -m benchmarks.serving [CONNECTIONS] [SECONDS]`. It needs
wrk, which sends the requests, and nginx, from Debian's packages of these names.
The servers and wrk share the cores of this machine. The hub has many exports
beside the one that is asked for, of which nginx sees nothing: it would not do
more with them.
"""

from collections.abc import Iterator
import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

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
def _hub(exports: pathlib.Path) -> Iterator[tuple[str, int]]:
  print(f'{_export_others(exports)} other exports in the hub')
  with hub_server.serve(exports) as hub:
    yield hub.url, hub.process.pid


@contextlib.contextmanager
def _nginx(exports: pathlib.Path) -> Iterator[tuple[str, int]]:
  packed = exports.with_name('packed')
  for result in pack.pack_exports(folder.items(exports), packed):
    assert not result.reason, result.reason
  with nginx.serve(packed) as url_and_pid:
    yield url_and_pid


def _peak_mb(pid: int) -> float:
  """The peak of a process plus those of its children, without shared memory."""
  children = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text()
  peaks = [process.peak_mb(int(p)) for p in (str(pid), *children.split())]
  return sum(peak - shared for peak, shared in peaks)


def _ask(url: str, accept: str, connections: int, seconds: int) -> list[str]:
  """Lets wrk send requests to a URL.

  Returns:
    What wrk printed of: requests a second, the median and the 99th percentile
    of the latency, bytes a second, refused requests and socket errors.
  """
  done = subprocess.run(
    [
      *('wrk', '--latency', '--timeout=60s', '-t2', f'-c{connections}'),
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


def main(connections: int = 300, seconds: int = 10) -> None:
  """Prints a line for each server and request."""
  print(f'{os.cpu_count()} cores, {connections} connections')
  form = '{:<9}{:<9}{:>10}{:>11}{:>11}{:>12}{:>9}{:>8}{:>6}'
  header = ('requests/s', 'median', '99 %', 'bytes/s', 'refused', 'lost', 'MB')
  print(form.format('server', 'what', *header))
  with tempfile.TemporaryDirectory() as name:
    exports = pathlib.Path(name, 'exports')
    _export(exports)
    for server, start in (('nginx', _nginx), ('slimhub', _hub)):
      with start(exports) as (url, pid):
        for what, (path, accept) in _REQUESTS.items():
          figures = _ask(f'{url}/{path}', accept, connections, seconds)
          print(form.format(server, what, *figures, f'{_peak_mb(pid):.0f}'))


if __name__ == '__main__':
  main(*map(int, sys.argv[1:]))
