"""What a page says first of a model, whatever was exported of it."""

import dataclasses

from exporter.site import entries
from exporter.site import key_figures
from exporter.storage import manifest as manifest_lib
import model_specs
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)


def _render(kind: manifest_lib.WeightsKind | None) -> str:
  """The figures beside an export with weights of a kind, or beside none."""
  manifests = {}
  if kind:
    manifest = some_manifest.make(_HANDLE)
    weights = dataclasses.replace(manifest.weights, kind=kind)
    manifests[_HANDLE] = dataclasses.replace(manifest, weights=weights)
  (entry,) = (
    each for each in entries.collect(manifests) if _HANDLE in each.handles
  )
  return key_figures.render(_HANDLE, entry)


def test_the_figures_of_a_model_stand_first():
  for kind in (None, 'raw', 'ema'):
    text = _render(kind)
    assert '<dt>Top-1 accuracy</dt><dd>41.5 %</dd>' in text
    assert '<dt>Image</dt><dd>128 px</dd>' in text
    assert '<dt>Colours</dt><dd>RGB, 0 to 1</dd>' in text
    assert '<dt>Licence</dt><dd>Apache-2.0</dd>' in text


def test_a_published_accuracy_is_not_called_that_of_untrained_weights():
  text = _render('synthetic')
  assert '<dt>Top-1 published accuracy</dt><dd>41.5 %</dd>' in text
  assert 'Top-1 accuracy' not in text
