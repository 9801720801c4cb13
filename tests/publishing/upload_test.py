"""How exports are put together, and what is not taken along."""

import re

import pytest

from exporter import errors
from exporter import storage
from exporter.publishing import upload
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file
from tests.publishing import some_uploads

_OLDER = f'{some_exports.NAME}/4'


def test_the_newest_of_each_format_is_taken_and_the_others_are_named(tmp_path):
  exports = some_uploads.make(tmp_path)
  some_uploads.add(exports, _OLDER)
  chosen, note = upload.newest(some_uploads.items(exports).values())
  names = [str(item.handle) for item in chosen]
  assert some_exports.TF2 in names
  assert some_exports.TF1 in names
  assert _OLDER not in names
  assert f'without {_OLDER},' in note


def test_nothing_is_said_where_nothing_is_left_out(tmp_path):
  exports = some_uploads.make(tmp_path)
  _, note = upload.newest(some_uploads.items(exports).values())
  assert note == ''


def test_own_models_of_one_name_are_told_apart():
  names = {
    upload.repository(some_spec_file.model(dataset=name).handles((2,))[0])
    for name in ('flowers', 'birds')
  }
  assert len(names) == 2
  handle = some_exports.handle(some_exports.TF2)
  assert upload.repository(handle) == 'mobilenet_v1_025_128-classification'


def test_an_upload_of_all_formats_misses_any_of_them(tmp_path):
  exports = some_uploads.make(tmp_path)
  (repository,) = some_uploads.uploads(exports, 'huggingface').values()
  assert repository.concerns(f'{some_exports.TF2}.litert/int8')
  assert not repository.concerns(
    'google/imagenet/mobilenet_v1_025_128/classify/5'
  )


def test_a_name_is_checked():
  pattern = re.compile('[a-z]+')
  upload.check_name('good', pattern, 'Somebody')
  with pytest.raises(errors.PublishError, match='--account'):
    upload.check_name('BAD', pattern, 'Somebody takes small letters')


def test_version_10_is_newer_than_version_9(tmp_path):
  older, newer = (
    some_spec_file.model(version=number, tf1_version=None).handles()[0]
    for number in (9, 10)
  )
  items = [
    storage.Item(tmp_path, some_manifest.make(handle), handle)
    for handle in (newer, older)
  ]
  (chosen,), note = upload.newest(items)
  assert chosen.handle == newer
  assert f'without {older},' in note
