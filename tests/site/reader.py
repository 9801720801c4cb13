"""Who reads the site: a window of Chromium, and what went wrong in it."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib

from playwright import sync_api

DESK = {'width': 1280, 'height': 900}
PHONE = {'width': 360, 'height': 740}
_PATIENCE = 180_000  # Milliseconds: a busy machine is no fault of a page.


class Reader:
  """A window, and all that went wrong in it."""

  def __init__(self, browser: sync_api.Browser, url: str, **settings):
    self.context = browser.new_context(**({'viewport': DESK} | settings))
    self.page = self.context.new_page()
    self.page.set_default_timeout(_PATIENCE)
    self.problems: list[str] = []
    self._url = url
    self.page.on('pageerror', lambda error: self.problems.append(str(error)))
    self.page.on('console', self._hear)
    self.page.on('request', self._watch)

  def _hear(self, message: sync_api.ConsoleMessage) -> None:
    if message.type in ('error', 'warning'):
      self.problems.append(message.text)

  def _watch(self, request: sync_api.Request) -> None:
    if not request.url.startswith((self._url, 'data:', 'blob:')):
      self.problems.append(f'asked for {request.url}')

  def open(self, name: str = 'index.html') -> sync_api.Page:
    """Goes to a page of the site."""
    self.page.goto(self._url + name)
    return self.page

  def names(self) -> list[str]:
    """The models of the table, as they are shown."""
    return self.page.locator('.models tbody th').all_inner_texts()

  def column(self, key: str) -> list[float]:
    """The numbers of a column, as they are shown."""
    keys = self.page.locator('.models thead th').evaluate_all(
      'cells => cells.map(cell => cell.dataset.key)'
    )
    cells = self.page.locator(
      f'.models tbody tr > :nth-child({keys.index(key) + 1})'
    )
    return [float(text) for text in cells.all_inner_texts() if text]

  def sort(self, key: str) -> None:
    """Presses the head of a column."""
    self.page.locator(f'.models th[data-key={key}] button').click()


@contextlib.contextmanager
def readers(
  browser: sync_api.Browser, url: str
) -> Iterator[Callable[..., Reader]]:
  """Opens windows; at the end, none may have had anything to complain of."""
  opened: list[Reader] = []

  def read(root: str = url, **settings) -> Reader:
    opened.append(Reader(browser, root, **settings))
    return opened[-1]

  yield read
  problems = [problem for reader in opened for problem in reader.problems]
  for reader in opened:
    reader.context.close()
  assert not problems, problems
