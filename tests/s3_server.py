"""The S3 server of moto, for which one of two writers of a file is the first.

moto looks whether a file is there, and writes it a while later. Between the two
another writer may have done the same, and both would be told that it was new.
S3 itself tells that to one of them. It is run as `python -m tests.s3_server`
with the flags of `python -m moto.server`.
"""

from collections.abc import Iterable
import contextlib
import threading
from typing import Any
from unittest import mock

from moto import server
from moto.moto_server import werkzeug_app

_CONDITIONS = {'HTTP_IF_MATCH', 'HTTP_IF_NONE_MATCH'}
_turn = threading.Lock()


class _Server(werkzeug_app.DomainDispatcherApplication):
  """Answers requests that have a condition one after the other."""

  def __call__(
    self, environ: dict[str, Any], start_response: Any
  ) -> Iterable[bytes]:
    has_condition = not _CONDITIONS.isdisjoint(environ)
    with _turn if has_condition else contextlib.nullcontext():
      return super().__call__(environ, start_response)


if __name__ == '__main__':
  with mock.patch.object(server, 'DomainDispatcherApplication', _Server):
    server.main()
