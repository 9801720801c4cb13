"""Chromium without a screen, and a web server, for tests of pages."""

from collections.abc import Iterator
import contextlib
import functools
import http
import http.server
import pathlib
import shutil
import threading
from typing import Any

from playwright import sync_api
import pytest

from tests import source_tree

PATIENCE = 180_000  # Milliseconds: a busy machine is no fault of a page.
SCREENSHOTS = source_tree.ROOT / '.cache' / 'screenshots'


class _Quiet(http.server.SimpleHTTPRequestHandler):
  """Logs nothing, and shows a site's own page for what is not there."""

  def __init__(self, *args, site: str = '', **kwargs):
    self._site = site
    super().__init__(*args, **kwargs)

  def send_error(
    self, code: int, message: str | None = None, explain: str | None = None
  ) -> None:
    """Answers as hosts of plain files do, which look for a 404.html."""
    page = pathlib.Path(self.directory, self._site, '404.html')
    if code != http.HTTPStatus.NOT_FOUND or not page.exists():
      super().send_error(code, message, explain)
      return
    self.send_response(code)
    self.send_header('Content-Type', 'text/html; charset=utf-8')
    self.end_headers()
    if self.command != 'HEAD':
      self.wfile.write(page.read_bytes())

  def log_message(self, *_: object) -> None:
    """Says nothing."""


@contextlib.contextmanager
def serve(folder: pathlib.Path, site: str = '') -> Iterator[str]:
  """The URL that a folder is served under, for a while.

  Args:
    folder: The folder.
    site: The path in it of the site whose 404.html is shown.
  """
  handler = functools.partial(_Quiet, directory=str(folder), site=site)
  with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
      yield f'http://127.0.0.1:{server.server_port}'
    finally:
      server.shutdown()
      thread.join()


@contextlib.contextmanager
def launch(*flags: str) -> Iterator[sync_api.Browser]:
  """Debian's Chromium, with some flags; without it, the test fails."""
  program = shutil.which('chromium')
  if program is None:
    pytest.fail('chromium is missing; run: apt-get install chromium')
  with sync_api.sync_playwright() as playwright:
    browser = playwright.chromium.launch(
      executable_path=program,
      args=['--no-sandbox', *flags],  # In containers, tests run as root.
    )
    yield browser
    browser.close()


def new_context(
  browser: sync_api.Browser, **settings: Any
) -> sync_api.BrowserContext:
  """A window of a browser, whose pages may take their time."""
  context = browser.new_context(**settings)
  context.set_default_timeout(PATIENCE)
  return context


def new_page(browser: sync_api.Browser) -> sync_api.Page:
  """A page that may take its time."""
  return new_context(browser).new_page()
