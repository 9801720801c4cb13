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
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  {rule}
}}
"""


def _rule(packed: pathlib.Path, port: int) -> str:
  (rule,) = code_blocks.find(GUIDE.read_text('utf-8'), 'nginx')
  changes = {'listen 8080': f'listen 127.0.0.1:{port}', '/srv/packed': packed}
  for old, new in changes.items():
    assert rule.count(old) == 1
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
def serve(packed: pathlib.Path) -> Iterator[tuple[str, int]]:
  """Serves while the context is open; gives its URL and its process."""
  program = shutil.which('nginx') or shutil.which('nginx', path='/usr/sbin')
  if not program:
    raise RuntimeError(
      'nginx is missing, which packed exports are tested with; install it: '
      'apt-get install nginx-light'
    )
  port = object_storage.free_port()
  with tempfile.TemporaryDirectory() as name:
    config = pathlib.Path(name, 'nginx.conf')
    config.write_text(_CONFIG.format(folder=name, rule=_rule(packed, port)))
    with subprocess.Popen([program, '-p', name, '-c', config]) as server:
      try:
        _wait(server, port)
        yield f'http://127.0.0.1:{port}', server.pid
      finally:
        server.terminate()
