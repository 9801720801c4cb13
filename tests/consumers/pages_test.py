"""Pages that named tfhub.dev run with a hub of one's own, unchanged.

They load the packages of npm that name it: `@tensorflow-models/mobilenet`, in
all its versions and widths, and ml5, which has it inside.
"""

from collections.abc import Iterator
import contextlib
import pathlib
import shutil
import urllib.parse

import numpy as np
from PIL import Image
from playwright import sync_api
import pytest

from exporter import pipeline
from exporter.artifacts import tfjs_runtime
from exporter.checkpoints import synthetic
from tests import browser as browser_lib
from tests import conversions_made
from tests import hub_server
from tests import shared
from tests.consumers import npm

_MOBILENET = ('@tensorflow-models/mobilenet', '2.1.1')
# Name of a page -> the last release of each generation of ml5, and what it
# makes of bytes. The old one gives images in [-1, 1], and has MobileNet 2.0.3
# inside, which takes those of a caller as they are.
_ML5 = {
  'ml5': (('ml5', '1.4.0'), lambda picture: picture / np.float32(255)),
  'old_ml5': (('ml5', '0.12.2'), lambda picture: picture / np.float32(127) - 1),
}
# The first TensorFlow.js that knows layers with what follows them in one, and
# the first MobileNet that gives images in [0, 1].
_OLD_TFJS = ('@tensorflow/tfjs', '1.5.2')
_OLD_MOBILENET = ('@tensorflow-models/mobilenet', '2.0.4')
_SIZE = 224
_CALL = """async ([version, alpha, modelUrl]) => {
  if (tf.wasm) tf.wasm.setWasmPaths('/');
  await tf.setBackend(tf.wasm ? 'wasm' : 'cpu');
  const given = modelUrl ? {modelUrl, inputRange: [0, 1]} : {};
  const net = await mobilenet.load({version, alpha, ...given});
  const picture = document.querySelector('img');
  const [best] = await net.classify(picture);
  return {
    logits: [...await net.infer(picture).data()],
    features: [...await net.infer(picture, true).data()],
    best,
  };
}"""
_CALL_ML5 = """async () => {
  const net = await ml5.imageClassifier('MobileNet', {version: 1, alpha: .25});
  return await net.classify(document.querySelector('img'));
}"""
_MODELS = {
  (1, 0.25): 'mobilenet_v1_025_224',
  (1, 0.5): 'mobilenet_v1_050_224',
  (1, 0.75): 'mobilenet_v1_075_224',
  (1, 1.0): 'mobilenet_v1_100_224',
  (2, 0.5): 'mobilenet_v2_050_224',
  (2, 0.75): 'mobilenet_v2_075_224',
  (2, 1.0): 'mobilenet_v2_100_224',
}
_SMALLEST = (1, 0.25)


def _exports(*models: str) -> pathlib.Path:
  def make(folder: pathlib.Path) -> None:
    pipeline.export_models(
      [f'{model}/classification/5' for model in models],
      output_dir=folder / 'exports',
      weights='synthetic',
      formats=('tfjs.float32',),
    )

  return shared.once(f'pages-{len(models)}', make) / 'exports'


@pytest.fixture(scope='module', name='picture')
def _picture() -> np.ndarray:
  (picture,) = synthetic.synthetic_pictures(1, _SIZE)
  return picture


@pytest.fixture(scope='module', name='page_url')
def _page_url(tmp_path_factory, picture) -> Iterator[str]:
  """A page with a picture, and what pages load beside models."""
  folder = tmp_path_factory.mktemp('page')
  Image.fromarray(picture).save(folder / 'picture.png')
  for runtime_file in tfjs_runtime.runtime_files():
    shutil.copy(runtime_file.file, folder)
  shutil.copy(npm.package(*_MOBILENET) / 'dist/mobilenet.min.js', folder)
  for name, (package, _) in _ML5.items():
    script = npm.package(*package) / 'dist/ml5.min.js'
    shutil.copy(script, folder / f'{name}.min.js')
  shutil.copy(npm.package(*_OLD_TFJS) / 'dist/tf.min.js', folder)
  old = npm.package(*_OLD_MOBILENET) / 'dist/mobilenet.min.js'
  shutil.copy(old, folder / 'old.min.js')
  ours = [
    e.name for e in tfjs_runtime.runtime_files() if e.name.endswith('.js')
  ]
  for name, scripts in (
    ('page', (*ours, 'mobilenet.min.js')),
    *((name, (f'{name}.min.js',)) for name in _ML5),
    ('old', ('tf.min.js', 'old.min.js')),
  ):
    tags = ''.join(f'<script src="{script}"></script>' for script in scripts)
    text = f'<!doctype html><img src="picture.png">{tags}'
    (folder / f'{name}.html').write_text(text)
  with browser_lib.serve(folder) as url:
    yield url


@contextlib.contextmanager
def _open(url: str, hub: str) -> Iterator[sync_api.Page]:
  """A page that reaches our own hub as tfhub.dev, and no other site."""

  def answer(route: sync_api.Route) -> None:
    requested = urllib.parse.urlsplit(route.request.url)
    path = f'{requested.path}?{requested.query}'
    route.fulfill(response=route.fetch(url=f'{hub}{path}'))

  with browser_lib.launch() as browser:
    page = browser_lib.new_page(browser)
    page.route('https://**', lambda route: route.abort())
    page.route('https://tfhub.dev/**', answer)
    page.goto(url)
    yield page


def _expected(model: str, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
  """Logits without that of the background, and features."""
  images = image[np.newaxis]
  logits, features = (
    conversions_made.expected(f'{model}/{task}/5', images)[0]
    for task in ('classification', 'feature_vector')
  )
  return logits[1:], features


def _check(page: sync_api.Page, arguments: list, model: str, picture) -> None:
  answer = page.evaluate(_CALL, arguments)
  logits, features = _expected(model, picture / np.float32(255))
  for name, expected in (('logits', logits), ('features', features)):
    difference = np.max(np.abs(np.array(answer[name]) - expected))
    assert difference < 1e-4 * np.std(expected), (model, name)
  probabilities = np.exp(logits - np.max(logits))
  best = np.max(probabilities) / np.sum(probabilities)
  assert answer['best']['probability'] == pytest.approx(best, rel=1e-3)


def test_a_page_of_another_site_loads_a_model(page_url, picture):
  """The page is of another origin than the hub: CORS must allow its fetch."""
  model = _MODELS[_SMALLEST]
  exports = _exports(model)
  name = f'google/imagenet/{model}/classification/1/model.json'
  for flags in ((), ('--no_cors',)):
    with (
      hub_server.serve(exports, *flags) as hub,
      _open(f'{page_url}/page.html', hub.url) as page,
    ):
      arguments = [*_SMALLEST, f'{hub.url}/{name}?tfjs-format=file']
      if not flags:
        _check(page, arguments, model, picture)
      else:
        with pytest.raises(sync_api.Error, match='Failed to fetch'):
          page.evaluate(_CALL, arguments)


def test_mobilenet_runs_with_every_model_that_it_knows(page_url, picture):
  with (
    hub_server.serve(_exports(*_MODELS.values())) as hub,
    _open(f'{page_url}/page.html', hub.url) as page,
  ):
    for (version, alpha), model in _MODELS.items():
      _check(page, [version, alpha, None], model, picture)


@pytest.mark.parametrize('page_name', _ML5)
def test_ml5_classifies(page_name, page_url, picture):
  model = _MODELS[_SMALLEST]
  with (
    hub_server.serve(_exports(model)) as hub,
    _open(f'{page_url}/{page_name}.html', hub.url) as page,
  ):
    guesses = page.evaluate(_CALL_ML5)
  _, of_bytes = _ML5[page_name]
  logits, _ = _expected(model, of_bytes(picture))
  shares = np.exp(logits - np.max(logits))
  best = np.max(shares) / np.sum(shares)
  assert guesses[0]['confidence'] == pytest.approx(best, rel=1e-2)


def test_a_page_of_2019_runs(page_url, picture):
  model = _MODELS[_SMALLEST]
  with (
    hub_server.serve(_exports(model)) as hub,
    _open(f'{page_url}/old.html', hub.url) as page,
  ):
    _check(page, [*_SMALLEST, None], model, picture)
