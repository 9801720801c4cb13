"""The code of a card runs in a browser as it stands."""

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


@pytest.mark.parametrize('enlarged', [1, 4])
def test_the_snippet_computes_what_the_network_does(tmp_path, enlarged):
  handle = conversions_made.conversion(_NAME, 'tfjs.float32')
  folder = tmp_path / 'exports' / str(handle)
  shutil.copytree(conversions_made.file(_NAME, 'tfjs.float32'), folder)
  size = handle.spec.size
  (picture,) = synthetic.synthetic_pictures(1, size)
  # A canvas that averages makes the same picture of one with larger pixels.
  large = picture.repeat(enlarged, 0).repeat(enlarged, 1)
  Image.fromarray(large).save(tmp_path / 'picture.jpg', 'PNG')
  card = formats.of(handle).card(handle, some_manifest.make(handle))
  snippet = card.to_markdown().partition('```html\n')[2].partition('```')[0]
  (tmp_path / 'page.html').write_text(f'<!doctype html>\n{snippet}')
  with browser_lib.launch() as browser, browser_lib.serve(tmp_path) as url:
    page = browser_lib.new_page(browser)
    page.route(
      'https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@*',
      lambda route: route.fulfill(body=_runtime()),
    )
    with page.expect_console_message(lambda said: said.type == 'log') as logged:
      page.goto(f'{url}/page.html')
    answer = logged.value.args[0].json_value()
  images = picture[np.newaxis] / np.float32(255)
  expected = conversions_made.expected(_NAME, images)[0]
  np.testing.assert_allclose(answer, expected, rtol=1e-4, atol=1e-4)
