"""Models that run in their pages: their exports, and a site of those pages."""

import pathlib

import pytest

from exporter import pipeline
from exporter.site import build
from exporter.site import entries
from exporter.site import model_page
from exporter.site import page as page_lib
from exporter.site import tree
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import shared

HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)
CONVERSION = formats.convert(HANDLE, kinds.get('tfjs.float32'))
FEATURES = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/feature_vector/5'
)


def _export(folder: pathlib.Path) -> None:
  pipeline.export_models(
    [HANDLE, FEATURES],
    output_dir=folder,
    weights='synthetic',
    formats=('tf2', 'tfjs.float32'),
  )


def exports() -> pathlib.Path:
  """Two models and their files for browsers, exported once for all tests."""
  return shared.once('try_it_exports', _export)


def _pages(collection: entries.Collection) -> dict[str, str]:
  """The part of the models' pages that is tested, and a first page."""
  texts = {page_lib.HOME: '# Home\n'}
  for handle in (HANDLE, FEATURES):
    (entry,) = (e for e in collection.entries if handle in e.handles)
    page = entries.page(handle)
    part = model_page._try_it(handle, entry, collection, page)
    texts[page] = page_lib.join('# MobileNet V1', part)
  return texts


def _build(folder: pathlib.Path) -> None:
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(tree, 'pages', _pages)
    patch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
    build.write_site(folder / 'sub' / 'site', exports())


def site() -> pathlib.Path:
  """A site of their pages, and of a first page, built once for all tests."""
  return shared.once('try_it_site', _build) / 'sub' / 'site'
