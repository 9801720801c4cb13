"""A model that runs in its page: its export, and a site of that page."""

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


def _export(folder: pathlib.Path) -> None:
  pipeline.export_models(
    HANDLE,
    output_dir=folder,
    weights='synthetic',
    formats=('tf2', 'tfjs.float32'),
  )


def exports() -> pathlib.Path:
  """A model and its files for browsers, exported once for all tests."""
  return shared.once('try_it_exports', _export)


def _pages(collection: entries.Collection) -> dict[str, str]:
  """The part of the model's page that is tested, and a first page."""
  (entry,) = (e for e in collection.entries if HANDLE in e.handles)
  page = entries.page(HANDLE)
  part = model_page._try_it(HANDLE, entry, collection, page)
  texts = {page_lib.HOME: '# Home\n'}
  return {**texts, page: page_lib.join('# MobileNet V1', part)}


def _build(folder: pathlib.Path) -> None:
  with pytest.MonkeyPatch.context() as patch:
    patch.setattr(tree, 'pages', _pages)
    patch.setattr(tree, 'menu', lambda _: [{'Home': 'index.md'}])
    build.write_site(folder / 'sub' / 'site', exports())


def site() -> pathlib.Path:
  """A site of its page, and of a first page, built once for all tests."""
  return shared.once('try_it_site', _build) / 'sub' / 'site'
