"""Layers: always the same bytes, and only of what the manifest describes."""

import hashlib
import tarfile

import pytest

from exporter import errors
from exporter.publishing import layer
from tests import some_exports
from tests.publishing import some_uploads


def _item(exports, name=some_exports.TF2):
  return some_uploads.items(exports)[name]


def test_what_is_promised_is_written(tmp_path):
  content = layer.layer(_item(some_uploads.make(tmp_path / 'exports')))
  path = tmp_path / 'layer'
  content.write(path)
  data = path.read_bytes()
  assert content.bytes == len(data)
  assert content.sha256 == hashlib.sha256(data).hexdigest()


def test_the_bytes_are_those_of_the_files_alone(tmp_path):
  first, second = (
    layer.layer(_item(some_uploads.make(tmp_path / name)))
    for name in ('first', 'second')
  )
  assert first.sha256 == second.sha256


def test_the_files_lie_where_servers_look(tmp_path):
  exports = some_uploads.make(tmp_path / 'exports')
  for name, expected in {
    some_exports.TF2: [
      'models',
      'models/5',
      'models/5/variables',
      'models/5/saved_model.pb',
      'models/5/variables/variables.index',
    ],
    some_exports.ONNX: ['models', 'models/5', 'models/5/model.onnx'],
  }.items():
    layer.layer(_item(exports, name)).write(tmp_path / 'layer')
    with tarfile.open(tmp_path / 'layer') as tar:
      members = tar.getmembers()
    assert [member.name for member in members] == expected
    for member in members:
      assert member.mode == (0o755 if member.isdir() else 0o644)
      assert (member.mtime, member.uid, member.uname) == (0, 0, '')


def test_what_vouches_for_an_artifact_is_a_layer_of_its_own(tmp_path):
  exports = some_uploads.make(tmp_path / 'exports')
  for name, stem in ((some_exports.TF2, '5'), (some_exports.LITE, 'float32')):
    item = _item(exports, name)
    item.place.signature.write_text('signed')
    content = layer.beside(item)
    assert content
    content.write(tmp_path / 'layer')
    with tarfile.open(tmp_path / 'layer') as tar:
      assert tar.getnames() == [
        'provenance',
        *(f'provenance/{stem}{end}' for end in ('.intoto.jsonl', '.cdx.json')),
        f'provenance/{stem}.sig',
      ]
    item.place.provenance.write_text('{}')
    with pytest.raises(errors.ManifestError, match='is of something else'):
      layer.beside(item)
    for path in (item.place.provenance, item.place.bom, item.place.signature):
      path.unlink()
    assert layer.beside(item) is None


def test_a_damaged_export_has_no_layer(tmp_path):
  exports = some_uploads.make(tmp_path)
  item = _item(exports)
  (exports / some_exports.TF2 / 'saved_model.pb').unlink()
  with pytest.raises(errors.ManifestError, match='is missing'):
    layer.layer(item)
