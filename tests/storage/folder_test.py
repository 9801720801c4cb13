"""Only what was delivered whole stands on the shelf."""

import dataclasses
import pathlib

import pytest

from exporter import errors
from exporter.storage import folder as folder_lib
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import some_manifest
from tests import some_spec_file

_CURRENT = model_specs.find('mobilenet_v1_025_128')


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  for handle in _CURRENT:
    place = places.place(tmp_path, handle)
    place.artifact.mkdir(parents=True)
    place.manifest.write_text(some_manifest.make(handle).to_json())
  return tmp_path


def test_all_that_is_whole_stands_there_with_its_manifest(folder):
  found = folder_lib.items(folder)
  assert [item.handle for item in found] == sorted(_CURRENT, key=str)
  for item in found:
    assert item.place == places.place(folder, item.handle)
    assert item.manifest == some_manifest.make(item.handle)


def test_what_has_no_manifest_yet_is_left_out(folder):
  coming, *rest = _CURRENT
  places.place(folder, coming).manifest.unlink()
  assert {item.handle for item in folder_lib.items(folder)} == set(rest)


def test_a_manifest_alone_is_no_artifact(folder):
  gone, *rest = _CURRENT
  places.place(folder, gone).artifact.rmdir()
  assert {item.handle for item in folder_lib.items(folder)} == set(rest)


def test_what_was_measured_is_no_artifact(tmp_path):
  origin = model_specs.get(
    'google/imagenet/mobilenet_v1_025_128/classification/5'
  )
  for handle in (origin, formats.convert(origin, kinds.converted()[0])):
    places.write_text(places.place(tmp_path, handle).measured, '{}')
  with pytest.raises(errors.ManifestError, match='found 0 exports there'):
    folder_lib.find_artifacts(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path):
  with pytest.raises(errors.ManifestError, match='found 0 exports there'):
    folder_lib.items(tmp_path)


def test_a_damaged_manifest_is_named(folder):
  damaged = places.place(folder, _CURRENT[0]).manifest
  damaged.write_text('{')
  with pytest.raises(errors.ManifestError, match=damaged.name):
    folder_lib.items(folder)


def test_a_version_is_of_the_digits_0_to_9(folder):
  (folder / _CURRENT[0].folder / '\u0663').mkdir()
  found = folder_lib.find_artifacts(folder)
  assert set(found) == set(_CURRENT)


@pytest.mark.parametrize(
  ('changes', 'says'),
  [
    ({'labels': ['a\nb', 'c', 'd']}, 'labels is .* expected a list of texts'),
    ({'label_file': '/etc/passwd'}, 'label_file is .* expected labels'),
    ({'license_url': 'javascript:x'}, 'license_url is .* begins with https'),
    ({'size': 10**400}, 'size is 1000'),
  ],
)
def test_the_model_in_a_manifest_is_believed_no_more(tmp_path, changes, says):
  handle = some_spec_file.model().handles()[1]
  place = places.place(tmp_path, handle)
  place.artifact.mkdir(parents=True)
  made = dataclasses.replace(
    some_manifest.make(handle), model=some_spec_file.values(**changes)
  )
  place.manifest.write_text(made.to_json())
  told = rf"2\.json: model 'small' cannot be used\n  {says}"
  with pytest.raises(model_specs.SpecError, match=told):
    folder_lib.find_artifacts(tmp_path)
