"""A real nginx that serves a folder by the rule of the guide."""

from collections.abc import Iterator
import contextlib
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from tests import code_blocks
from tests import object_storage
from tests import source_tree

GUIDE = source_tree.ROOT / 'docs/own_hub.md'
_CONFIG = """
daemon off;
error_log stderr;
pid {folder}/pid;
user root;
worker_processes auto;
events {{ worker_connections 2048; }}
http {{
  access_log off;
  sendfile on;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  {rule}
}}
"""


def _rule(number: int, changes: dict[str, object]) -> str:
  """A configuration of the guide, with other values."""
  rule = code_blocks.find(GUIDE.read_text('utf-8'), 'nginx')[number]
  for old, new in changes.items():
    assert old in rule
    rule = rule.replace(old, str(new))
  return rule


def _wait(server: subprocess.Popen, port: int) -> None:
  while server.poll() is None:
    with contextlib.suppress(OSError):
      socket.create_connection(('127.0.0.1', port)).close()
      return
    time.sleep(0.02)
  raise RuntimeError(f'nginx ended with {server.returncode}')


@contextlib.contextmanager
def _serve(number: int, old: str, new: object) -> Iterator[tuple[str, int]]:
  program = shutil.which('nginx') or shutil.which('nginx', path='/usr/sbin')
  if not program:
    raise RuntimeError(
      'nginx is missing, which hubs are tested with; install it: apt-get '
      'install nginx-light'
    )
  port = object_storage.free_port()
  rule = _rule(number, {'listen 8080': f'listen 127.0.0.1:{port}', old: new})
  with tempfile.TemporaryDirectory() as name:
    config = pathlib.Path(name, 'nginx.conf')
    config.write_text(_CONFIG.format(folder=name, rule=rule))
    with subprocess.Popen([program, '-p', name, '-c', config]) as server:
      try:
        _wait(server, port)
        yield f'http://127.0.0.1:{port}', server.pid
      finally:
        server.terminate()


@contextlib.contextmanager
def serve(packed: pathlib.Path) -> Iterator[tuple[str, int]]:
  """Serves while the context is open; gives its URL and its process."""
  with _serve(1, '/srv/packed', packed) as url_and_pid:
    yield url_and_pid


@contextlib.contextmanager
def serve_hub(conf: pathlib.Path) -> Iterator[tuple[str, int]]:
  """Serves, as `serve`, the hub that wrote a folder."""
  with _serve(0, '/etc/nginx/slimhub', conf) as url_and_pid:
    yield url_and_pid
