"""Who reads the site: a window of Chromium, and what went wrong in it."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib

from axe_playwright_python import sync_playwright as axe
from playwright import sync_api

from tests import browser as browser_lib

DESK = {'width': 1280, 'height': 900}
PHONE = {'width': 360, 'height': 740}
# How pages are looked at: the end of a picture's name -> the window's settings.
LOOKS = {
  '': {},
  '_dark': {'color_scheme': 'dark'},
  '_phone': {'viewport': PHONE, 'color_scheme': 'dark'},
}


class Reader:
  """A window, and all that went wrong in it."""

  def __init__(self, browser: sync_api.Browser, url: str, **settings):
    settings = {'viewport': DESK} | settings
    self.context = browser_lib.new_context(browser, **settings)
    self.page = self.context.new_page()
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
    # A window was once never closed whose page was still being loaded.
    for page in reader.context.pages:
      page.goto('about:blank')
    reader.context.close()
  assert not problems, problems


def audit(page: sync_api.Page, *rules: str) -> None:
  """Asks axe, by all its rules or some, what readers of any kind fail at."""
  options = {'runOnly': list(rules)} if rules else {}
  result = axe.Axe().run(page, options=options)
  assert result.response['passes']
  assert not [
    f'{violation["id"]}: {node["html"][:90]}'
    for violation in result.response['violations']
    for node in violation['nodes']
  ]


def look(page: sync_api.Page, name: str) -> None:
  """Looks at a page for all who read it, and keeps a picture of it.

  It has nothing that a screen reader or weak eyes fail at, and fits the window.
  """
  audit(page)
  width = page.evaluate('document.documentElement.scrollWidth')
  assert page.viewport_size
  assert width <= page.viewport_size['width']
  path = browser_lib.SCREENSHOTS / f'{name}.png'
  page.screenshot(path=path, full_page=True)
  assert path.stat().st_size > 10_000
