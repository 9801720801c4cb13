"""The code of a card runs in a browser as it stands."""

import pathlib
import shutil

import numpy as np
from PIL import Image
import pytest

from exporter import formats
from exporter.artifacts import tfjs_runtime
from exporter.checkpoints import synthetic
from tests import browser as browser_lib
from tests import conversions_made
from tests import some_manifest

_NAME = conversions_made.TINY
_SCRIPTS = ('core', 'converter', 'backend-cpu')


def _runtime() -> str:
  """TensorFlow.js, as its makers join it into one script."""
  files = {each.name: each.file for each in tfjs_runtime.runtime_files()}
  return '\n'.join(files[f'tf-{name}.min.js'].read_text() for name in _SCRIPTS)


def _enlarge(picture: np.ndarray) -> np.ndarray:
  """A picture of which averaging makes the same, and taking single pixels not.

  Each pixel becomes a block of 4 x 4, brighter in the middle than at its edges.
  """
  block = np.full([4, 4, 1], -10, np.int16)
  block[1:3, 1:3] = 30
  large = picture.astype(np.int16).repeat(4, 0).repeat(4, 1)
  return (large + np.tile(block, [*picture.shape[:2], 1])).astype(np.uint8)


def _logits(folder: pathlib.Path, picture: np.ndarray) -> list[float]:
  """What the code of the card logs in a browser, of a picture."""
  handle = conversions_made.conversion(_NAME, 'tfjs.float32')
  place = folder / 'exports' / str(handle)
  shutil.copytree(conversions_made.file(_NAME, 'tfjs.float32'), place)
  Image.fromarray(picture).save(folder / 'picture.jpg', 'PNG')
  card = formats.of(handle).card(handle, some_manifest.make(handle))
  snippet = card.to_markdown().partition('```html\n')[2].partition('```')[0]
  (folder / 'page.html').write_text(f'<!doctype html>\n{snippet}')
  with browser_lib.launch() as browser, browser_lib.serve(folder) as url:
    page = browser_lib.new_page(browser)
    page.route(
      'https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@*',
      lambda route: route.fulfill(body=_runtime()),
    )
    with page.expect_console_message(lambda said: said.type == 'log') as logged:
      page.goto(f'{url}/page.html')
    values: list[float] = logged.value.args[0].json_value()
    return values


@pytest.mark.parametrize('enlarge', [np.array, _enlarge])
def test_the_snippet_computes_what_the_network_does(tmp_path, enlarge):
  size = conversions_made.conversion(_NAME, 'tfjs.float32').spec.size
  (picture,) = synthetic.synthetic_pictures(1, size)
  picture = picture.clip(10, 225)
  answer = _logits(tmp_path, enlarge(picture))
  images = picture[np.newaxis] / np.float32(255)
  expected = conversions_made.expected(_NAME, images)[0]
  error = np.max(np.abs(answer - expected)) / np.std(expected)
  assert error < 1e-4
