"""Whatever lies at the place of a manifest, it is one or an error in words."""

import json
import pathlib

import hypothesis
from hypothesis import strategies
import pytest

from exporter import errors
from exporter import provenance
from exporter.storage import folder as folder_lib
from exporter.storage import manifest
from exporter.storage import places
from tests import fuzz
from tests import some_exports
from tests import some_manifest

_MANIFEST = json.loads(
  some_manifest.make(some_exports.handle(some_exports.TF2)).to_json()
)
_MANIFEST['weights']['archive'] = {
  'url': 'https://example.org/a.tgz',
  'bytes': 7,
  'algorithm': 'sha256',
  'digest': 'ab' * 32,
  'trust': 'published',
}


@fuzz.examples(400)
@hypothesis.given(fuzz.spoiled(_MANIFEST))
def test_a_manifest_is_one_or_an_error(value):
  root = pathlib.Path('/exports')
  with fuzz.or_refused(errors.ManifestError, '5.json'):
    manifest_ = manifest.parse_manifest(json.dumps(value), '5.json')
    for name in manifest_.files:
      path = root / manifest_.handle / name
      assert root in path.parents
      assert '..' not in path.parts
    assert manifest.parse_manifest(manifest_.to_json(), 'again') == manifest_


@fuzz.examples(200)
@hypothesis.given(fuzz.damaged(json.dumps(_MANIFEST).encode()))
def test_bytes_are_a_manifest_or_an_error(data):
  with fuzz.or_refused(errors.ManifestError, '5.json'):
    manifest.parse_manifest(data, '5.json')


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  return some_exports.make(tmp_path_factory.mktemp('fuzz') / 'exports')


@fuzz.examples(100)
@hypothesis.given(strategies.data())
def test_a_folder_with_a_spoiled_export_has_all_others(exports, data):
  place = places.place(exports, some_exports.handle(some_exports.TF2))
  before = {path: path.read_bytes() for path in place.said}
  path = data.draw(strategies.sampled_from(place.said))
  path.write_bytes(data.draw(fuzz.damaged(before[path])))
  try:
    items = folder_lib.items(exports)
    names = {str(item.handle) for item in items.usable}
    assert {some_exports.TF1, some_exports.ONNX} <= names
    assert len(items.usable) + len(items.left_out) == 4
    for item in items.usable:
      provenance.false_claims(item)
  finally:
    for path, content in before.items():
      path.write_bytes(content)
