"""What a file will hold: copies of exports, hashed on the way."""

import hashlib

import pytest

from exporter import errors
from exporter.publishing import content
from tests import some_exports
from tests.publishing import some_uploads


def test_a_text_is_known_before_it_is_written(tmp_path):
  file = content.of_text('Grüße\n')
  file.write(tmp_path / 'file')
  data = (tmp_path / 'file').read_bytes()
  assert data == 'Grüße\n'.encode()
  assert (file.bytes, file.sha256) == (
    len(data),
    hashlib.sha256(data).hexdigest(),
  )


def test_what_happens_to_a_copy_does_not_happen_to_the_export(tmp_path):
  exports = some_uploads.make(tmp_path / 'exports')
  item = some_uploads.items(exports)[some_exports.TF2]
  files = content.of_export(item, 'tf/')
  assert set(files) == {'tf/saved_model.pb', 'tf/variables/variables.index'}
  files['tf/saved_model.pb'].write(tmp_path / 'copy')
  there = exports / some_exports.TF2 / 'saved_model.pb'
  assert (tmp_path / 'copy').read_bytes() == there.read_bytes()
  assert not (tmp_path / 'copy').samefile(there)


def test_a_file_that_is_not_what_its_manifest_says_is_no_copy(tmp_path):
  exports = some_uploads.make(tmp_path / 'exports')
  item = some_uploads.items(exports)[some_exports.TF2]
  file = exports / some_exports.TF2 / 'saved_model.pb'
  file.write_bytes(file.read_bytes()[::-1])  # The same length.
  with pytest.raises(errors.ManifestError, match='expected'):
    content.of_export(item)['saved_model.pb'].write(tmp_path / 'copy')


def test_no_file_takes_the_place_of_another():
  one, other = content.of_text('one'), content.of_text('other')
  assert content.joined({'a': one}, {'b': other}) == {'a': one, 'b': other}
  with pytest.raises(errors.PublishError, match='two files would be a:'):
    content.joined({'a': one}, {'a': other})
