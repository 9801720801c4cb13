"""A real S3 server on this machine, for tests that need an object storage."""

from collections.abc import Iterator
import contextlib
import os
import socket
import subprocess
import sys
import time
from unittest import mock

import upath

from exporter.storage import places
from tests import source_tree

BUCKET = 's3://bucket'


def free_port() -> int:
  """A port that nobody listens on."""
  with socket.socket() as listener:
    listener.bind(('127.0.0.1', 0))
    return listener.getsockname()[1]


def _wait(server: subprocess.Popen, port: int) -> None:
  while server.poll() is None:
    with contextlib.suppress(OSError):
      socket.create_connection(('127.0.0.1', port)).close()
      return
    time.sleep(0.05)
  raise RuntimeError(f'the S3 server ended with {server.returncode}')


@contextlib.contextmanager
def serve() -> Iterator[upath.UPath]:
  """An empty bucket, which this process and its children reach."""
  port = free_port()
  address = f'http://127.0.0.1:{port}'
  settings = {
    'AWS_ACCESS_KEY_ID': 'test',
    'AWS_SECRET_ACCESS_KEY': 'test',
    'AWS_DEFAULT_REGION': 'us-east-1',
    'AWS_ENDPOINT_URL': address,
  }
  command = [
    sys.executable,
    '-m',
    'tests.s3_server',
    '-H127.0.0.1',
    f'-p{port}',
  ]
  with (
    mock.patch.dict(os.environ, settings),
    subprocess.Popen(
      command,
      cwd=source_tree.ROOT,
      stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL,
    ) as server,
  ):
    try:
      _wait(server, port)
      bucket = places.parse_folder(BUCKET)
      assert isinstance(bucket, upath.UPath)
      bucket.fs.clear_instance_cache()  # It may remember another server.
      bucket = upath.UPath(BUCKET, **bucket.storage_options)
      bucket.mkdir()
      yield bucket
    finally:
      server.kill()
