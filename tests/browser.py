"""Chromium without a screen, and a web server, for tests of pages."""

from collections.abc import Iterator
import contextlib
import functools
import http.server
import pathlib
import shutil
import threading

from playwright import sync_api
import pytest

from tests import source_tree

SCREENSHOTS = source_tree.ROOT / '.cache' / 'screenshots'


class _Quiet(http.server.SimpleHTTPRequestHandler):
  """Logs nothing."""

  def log_message(self, *_: object) -> None:
    """Says nothing."""


@contextlib.contextmanager
def serve(folder: pathlib.Path) -> Iterator[str]:
  """The URL that a folder is served under, for a while."""
  handler = functools.partial(_Quiet, directory=str(folder))
  with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
      yield f'http://127.0.0.1:{server.server_port}'
    finally:
      server.shutdown()
      thread.join()


@contextlib.contextmanager
def launch() -> Iterator[sync_api.Browser]:
  """Debian's Chromium; without it, the test fails."""
  program = shutil.which('chromium')
  if program is None:
    pytest.fail('chromium is missing; run: apt-get install chromium')
  with sync_api.sync_playwright() as playwright:
    browser = playwright.chromium.launch(
      executable_path=program,
      args=['--no-sandbox'],  # In containers, tests run as root.
    )
    yield browser
    browser.close()
