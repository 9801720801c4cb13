"""The formats of TensorFlow.js, from an order to an upload."""

import json
import pathlib
import re
import shutil

import numpy as np
from PIL import Image
import pytest

from exporter import environment
from exporter import errors
from exporter import formats
from exporter import pipeline
from exporter import results as results_lib
from exporter import storage
from exporter.artifacts import tfjs_node
from exporter.artifacts import tfjs_runtime
from exporter.checkpoints import synthetic
from model_specs import labels
from tests import browser as browser_lib
from tests import conversions_made
from tests import shared
from tests import some_exports

_TINY = conversions_made.TINY
_NAME = 'google/imagenet/mobilenet_v1_025_128/classification/5'
_WORDS = ('tfjs.float32', 'tfjs.float16', 'tfjs.uint8')


def _exports() -> pathlib.Path:
  def make(folder: pathlib.Path) -> None:
    pipeline.export_models(
      _NAME.removeprefix('google/imagenet/'),
      output_dir=folder / 'exports',
      weights='synthetic',
      formats=('tf2', 'tfjs'),
    )

  return shared.once('tfjs-exports', make) / 'exports'


def test_one_word_means_all_three():
  handles = storage.find_artifacts(_exports()).usable
  assert [str(handle) for handle in handles] == [
    _NAME,
    *(f'{_NAME}.tfjs/{name}' for name in ('float16', 'float32', 'uint8')),
  ]


def test_its_labels_are_those_of_the_model():
  _, *files = storage.find_artifacts(_exports()).usable
  for handle in files:
    text = (_exports() / str(handle) / 'labels.txt').read_text('utf-8')
    assert text == labels.file_text(handle)


def test_a_file_called_model_json_is_no_manifest():
  items = storage.items(_exports())
  assert len(items.usable) == 4
  assert not items.left_out


def test_it_is_proven_again_from_its_files():
  done = pipeline.verify_exports(_exports(), formats=('tfjs',))
  assert {each.status for each in done} == {results_lib.VERIFIED}


def test_another_weight_is_no_proof_whatever_the_manifest_says(tmp_path):
  copy = pathlib.Path(shutil.copytree(_exports(), tmp_path / 'exports'))
  folder = copy / f'{_NAME}.tfjs' / 'uint8'
  model = json.loads((folder / 'model.json').read_text())
  for weight in model['weightsManifest'][0]['weights']:
    if 'quantization' in weight:
      weight['quantization']['scale'] *= 1.1
  (folder / 'model.json').write_text(json.dumps(model))
  some_exports.rehash(copy, some_exports.handle(f'{_NAME}.tfjs/uint8'))
  with pytest.raises(errors.ProofError, match='does not do what its source'):
    pipeline.verify_exports(copy, formats=('tfjs.uint8',))


def test_both_backends_take_part_in_a_proof(monkeypatch):
  backends = []
  start = tfjs_node.Process.__init__

  def noted(self, handle, files, backend):
    backends.append(backend)
    start(self, handle, files, backend)

  monkeypatch.setattr(tfjs_node.Process, '__init__', noted)
  conversion = conversions_made.conversion(_TINY, _WORDS[0])
  file = conversions_made.file(_TINY, _WORDS[0])
  original = conversions_made.original(_TINY)
  checks = formats.of(conversion).prove(conversion, file, original)
  assert backends == [tfjs_node.WASM, tfjs_node.CPU]
  assert [check.name for check in checks] == [
    'outputs',
    'outputs without WebAssembly',
  ]


def test_without_node_nothing_is_delivered(tmp_path, monkeypatch):
  monkeypatch.setattr(environment, 'program', lambda *_: None)
  monkeypatch.setenv('PATH', '')
  with pytest.raises(errors.PackageError, match='there is none'):
    conversions_made.write(_TINY, _WORDS[0], tmp_path)
  assert not any(tmp_path.iterdir())


def test_its_card_has_a_page_that_runs(tmp_path):
  exports = _exports()
  card = (exports / f'{_NAME}.tfjs' / 'float32.md').read_text('utf-8')
  assert 'outputs without WebAssembly' in card
  (code,) = re.findall(r'```html\n(.*?)```', card, re.DOTALL)
  (tmp_path / 'page.html').write_text(code)
  (tmp_path / 'exports').symlink_to(exports)
  (picture,) = synthetic.synthetic_pictures(1, 128)
  Image.fromarray(picture).save(tmp_path / 'picture.jpg', quality=100)
  scripts = '\n'.join(
    script.file.read_text('utf-8')
    for script in tfjs_runtime.runtime_files()
    if script.name.endswith('.js') and 'wasm' not in script.name
  )
  with browser_lib.launch() as browser, browser_lib.serve(tmp_path) as url:
    page = browser_lib.new_page(browser)
    page.route(
      'https://cdn.jsdelivr.net/**', lambda route: route.fulfill(body=scripts)
    )
    with page.expect_console_message(
      lambda message: 'Float32' in message.text
    ) as logged:
      page.goto(f'{url}/page.html')
    logits = page.evaluate('found => [...found]', logged.value.args[0])
  image = np.asarray(Image.open(tmp_path / 'picture.jpg')) / np.float32(255)
  expected = conversions_made.expected(conversions_made.V1, image[np.newaxis])
  difference = np.max(np.abs(np.array(logits) - expected[0]))
  # Browsers decode JPEG in their own way.
  assert difference < 0.1 * np.std(expected)
