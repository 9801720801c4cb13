"""LiteRT files in a browser: Google's own runtime answers as Python's does."""

import shutil
import string

from ai_edge_litert import interpreter as litert
import numpy as np
import pytest

from exporter.checkpoints import synthetic
from tests import browser as browser_lib
from tests import conversions_made
from tests.consumers import npm

_WORDS = [w for w in conversions_made.WORDS if w.startswith('litert')]
_VERSION = '2.5.3'
_PAGE = string.Template("""<!doctype html>
<title>LiteRT.js</title>
<script type="importmap">
{"imports": {
  "@litertjs/core": "./core/dist/index.js",
  "@litertjs/wasm-utils": "./wasm-utils/dist/index.js"
}}
</script>
<script type="module">
import {loadAndCompile, loadLiteRt, Tensor} from '@litertjs/core';

await loadLiteRt('./core/wasm/');
window.run = async (name, pixels, shape, isBytes) => {
  const model = await loadAndCompile(name, {accelerator: 'wasm'});
  const numbers = isBytes ? new Uint8Array(pixels) : new Float32Array(pixels);
  const outputs = await model.run({inputs: new Tensor(numbers, shape)});
  return Object.entries(outputs).map(
    ([name, tensor]) => [name, [...tensor.toTypedArray()]]);
};
window.isReady = true;
</script>
""")


@pytest.fixture(name='page', scope='module')
def _page(tmp_path_factory):
  folder = tmp_path_factory.mktemp('litert_js')
  for name in ('core', 'wasm-utils'):
    (folder / name).symlink_to(npm.package(f'@litertjs/{name}', _VERSION))
  (folder / 'index.html').write_text(_PAGE.substitute())
  for name in (conversions_made.TINY, conversions_made.TINY_FEATURES):
    task = name.split('/')[1]
    for word in _WORDS:
      file = conversions_made.file(name, word)
      shutil.copy(file, folder / f'{task}.{word}.tflite')
  with browser_lib.serve(folder) as url, browser_lib.launch() as browser:
    page = browser_lib.new_page(browser)
    page.goto(f'{url}/index.html')
    page.wait_for_function('window.isReady')
    yield page


@pytest.mark.parametrize('word', _WORDS)
@pytest.mark.parametrize(
  ('name', 'output'),
  [
    (conversions_made.TINY, 'logits'),
    (conversions_made.TINY_FEATURES, 'feature_vector'),
  ],
)
def test_a_browser_answers_as_python_does(page, name, output, word):
  is_bytes = word == 'litert.int8'
  picture = synthetic.synthetic_pictures(1, 32)
  expected = conversions_made.run(name, word)(picture / np.float32(255))
  batch = picture if is_bytes else picture / np.float32(255)
  file = f'{name.split("/")[1]}.{word}.tflite'
  ((output_name, numbers),) = page.evaluate(
    '([...all]) => run(...all)',
    [file, batch.ravel().tolist(), list(batch.shape), is_bytes],
  )
  assert output_name == output
  answers = np.array(numbers)
  if is_bytes:
    path = str(conversions_made.file(name, word))
    (details,) = litert.Interpreter(path).get_output_details()
    scale, zero = details['quantization']
    answers = (answers - zero) * scale
  apart = np.abs(answers - expected.ravel()) / np.std(expected)
  assert apart.max() < 1e-5
