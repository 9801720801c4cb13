"""Which models run in their pages, and what is written for them."""

import dataclasses
import pathlib
import shutil

import pytest

from exporter.site import build
from exporter.site import entries
from exporter.site import model_page
from exporter.site import try_it
from exporter.storage import folder
from exporter.storage import manifest
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest
from tests.site import in_page


@pytest.mark.parametrize(
  ('name', 'word', 'megabytes', 'runs'),
  [
    ('classification', 'tfjs.float32', 2, True),
    ('classification', 'tfjs.uint8', 60, True),
    ('classification', 'tfjs.float32', 100, False),
    ('feature_vector', 'tfjs.float32', 2, True),
    ('classification', 'litert.float32', 2, False),
  ],
)
def test_small_models_for_browsers_run_in_their_pages(
  tmp_path, name, word, megabytes, runs
):
  handle = model_specs.get(f'google/imagenet/mobilenet_v1_025_128/{name}/5')
  conversion = formats.convert(handle, kinds.get(word))
  files = {'x': manifest.File(megabytes * 10**6, 'ab' * 32)}
  manifest_ = some_manifest.make(conversion, files=files)
  assert try_it.fits(folder.Item(tmp_path, manifest_, conversion)) == runs


def test_without_an_export_there_is_nothing_of_it(tmp_path):
  collection = entries.Collection(entries.collect({}))
  (entry,) = (e for e in collection.entries if in_page.HANDLE in e.handles)
  page = entries.page(in_page.HANDLE)
  assert not model_page._try_it(in_page.HANDLE, entry, collection, page)
  read = build._read(in_page.exports(), tmp_path, has_downloads=False)
  assert str(in_page.CONVERSION) not in read.in_page


def test_the_most_exact_files_run_in_the_page():
  words = (
    'tfjs.float16',
    'tfjs.float32',
    'tfjs.uint8',
  )  # As folders list them.
  files = [formats.convert(in_page.HANDLE, kinds.get(word)) for word in words]
  manifests = {
    each: some_manifest.make(each) for each in (in_page.HANDLE, *files)
  }
  models = {
    str(each): try_it.InPage(f'{each}/about.js', 1, True, each.task)
    for each in files
  }
  collection = entries.Collection(entries.collect(manifests), in_page=models)
  (entry,) = (e for e in collection.entries if in_page.HANDLE in e.handles)
  page = entries.page(in_page.HANDLE)
  shown = model_page._try_it(in_page.HANDLE, entry, collection, page)
  assert 'tfjs/float32/about.js' in shown


def test_a_file_of_other_weights_than_the_vectors_is_left_out(tmp_path):
  exports = in_page.exports()
  read = build._read(exports, tmp_path / 'whole')
  assert str(in_page.CONVERSION) in read.in_page
  about = tmp_path / 'whole' / read.in_page[str(in_page.CONVERSION)].about
  assert '"vector": {"picture"' in about.read_text()
  copy = pathlib.Path(shutil.copytree(exports, tmp_path / 'copy'))
  file = places.place(copy, in_page.HANDLE).manifest
  original = some_manifest.read(file)
  others = dataclasses.replace(original.weights, sha256='ab' * 32)
  file.write_text(dataclasses.replace(original, weights=others).to_json())
  read = build._read(copy, tmp_path / 'other')
  assert str(in_page.CONVERSION) not in read.in_page
  assert in_page.CONVERSION.stem in [each.name for each in read.left_out]


def test_a_model_without_its_graph_is_left_out_and_named(tmp_path):
  copy = pathlib.Path(shutil.copytree(in_page.exports(), tmp_path / 'copy'))
  place = places.place(copy, in_page.CONVERSION)
  (place.artifact / 'model.json').unlink()
  original = some_manifest.read(place.manifest)
  files = {n: f for n, f in original.files.items() if n != 'model.json'}
  place.manifest.write_text(
    dataclasses.replace(original, files=files).to_json()
  )
  read = build._read(copy, tmp_path / 'site')
  assert str(in_page.CONVERSION) not in read.in_page
  (left_out,) = read.left_out
  assert 'has no model.json in its manifest' in left_out.reason
