"""Manifests survive the file, and tell what differs from them."""

import dataclasses
import hashlib
import json

import pytest

from exporter import errors
from exporter.storage import manifest
import model_specs
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v2_035_96/classification/5'
)
_FILES = {'saved_model.pb': b'graph', 'variables/variables.index': b'index'}


def _write(folder, files):
  for name, data in files.items():
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _sha256(data):
  return hashlib.sha256(data).hexdigest()


@pytest.fixture
def made(tmp_path):
  """The manifest of the files in tmp_path."""
  _write(tmp_path, _FILES)
  return dataclasses.replace(
    some_manifest.make(_HANDLE), files=manifest.hash_files(tmp_path)
  )


def test_survives_json():
  made = some_manifest.make(_HANDLE)
  assert manifest.parse_manifest(made.to_json(), 'x') == made


def test_the_digest_is_that_of_the_files_alone(made):
  other = dataclasses.replace(made, libraries={}, proof=())
  assert other.digest == made.digest
  turned = dict(reversed(made.files.items()))
  assert dataclasses.replace(made, files=turned).digest == made.digest
  renamed = {f'{path}x': file for path, file in made.files.items()}
  assert dataclasses.replace(made, files=renamed).digest != made.digest
  assert some_manifest.make(_HANDLE, hashed='0' * 64).digest != (
    some_manifest.make(_HANDLE).digest
  )


def test_reads_like_the_contract():
  data = json.loads(some_manifest.make(_HANDLE).to_json())
  assert data['handle'] == str(_HANDLE)
  assert data['format'] == 'saved_model_2'
  assert data['weights'] == {
    'checkpoint': 'mobilenet_v2_0.35_96/mobilenet_v2_0.35_96.ckpt',
    'sha256': 'ab' * 32,
    'kind': 'ema',
  }
  assert data['files']['saved_model.pb'] == {
    'bytes': 1734015,
    'sha256': 'cd' * 32,
  }
  assert data['proof'][0] == {
    'name': 'inference_outputs',
    'compared': 72,
    'difference': 1.9e-06,
    'tolerance': 1e-05,
  }
  assert data['libraries'] == {'slimhub': '1.2', 'tensorflow': '2.21.0'}


def test_text_ends_with_a_line_and_is_the_same_again():
  made = some_manifest.make(_HANDLE)
  assert made.to_json().endswith('}\n')
  assert made.to_json() == some_manifest.make(_HANDLE).to_json()


def _changed(**changes):
  data = json.loads(some_manifest.make(_HANDLE).to_json())
  return json.dumps({**data, **changes})


def _without(key):
  data = json.loads(some_manifest.make(_HANDLE).to_json())
  del data[key]
  return json.dumps(data)


@pytest.mark.parametrize(
  'text',
  [
    '',
    '{',
    'null',
    '[]',
    '{}',
    '"text"',
    '\x00\x01',
    b'\xff\xfe\x00',
    some_manifest.make(_HANDLE).to_json()[:100],
    *map(
      _without, ['handle', 'format', 'weights', 'files', 'proof', 'libraries']
    ),
    _changed(weights=None),
    _changed(weights={'checkpoint': 'x'}),
    _changed(files=[]),
    _changed(files={'a': 1}),
    _changed(files={'a': {'bytes': 1}}),
    _changed(proof=None),
    _changed(proof=[{'name': 'x', 'surprise': 1}]),
    _changed(libraries=None),
  ],
)
def test_another_text_is_refused(text):
  with pytest.raises(errors.ManifestError) as raised:
    manifest.parse_manifest(text, 'exports/5.json')
  message = str(raised.value)
  assert message.startswith('exports/5.json is not a manifest of slimhub (')
  assert message.endswith('; export the version again with --force')


def test_hashes_every_file_in_order(tmp_path):
  _write(tmp_path, {'z': b'', **_FILES})
  (tmp_path / 'assets').mkdir()
  found = manifest.hash_files(tmp_path)
  assert list(found.items()) == [
    ('saved_model.pb', manifest.File(5, _sha256(b'graph'))),
    ('variables/variables.index', manifest.File(5, _sha256(b'index'))),
    ('z', manifest.File(0, _sha256(b''))),
  ]


def test_an_untouched_artifact_does_not_differ(tmp_path, made):
  assert manifest.differences(made, tmp_path) == []


def test_a_changed_file_differs_be_it_as_long(tmp_path, made):
  _write(tmp_path, {'saved_model.pb': b'grapf'})
  assert manifest.differences(made, tmp_path) == [
    f'saved_model.pb: 5 bytes, sha256 {_sha256(b"grapf")}; '
    f'expected 5 bytes, sha256 {_sha256(b"graph")}'
  ]


def test_a_missing_file_differs(tmp_path, made):
  (tmp_path / 'saved_model.pb').unlink()
  assert manifest.differences(made, tmp_path) == ['saved_model.pb: missing']


def test_an_added_file_differs(tmp_path, made):
  _write(tmp_path, {'variables/more': b''})
  assert manifest.differences(made, tmp_path) == [
    'variables/more: not in the manifest'
  ]


def test_all_differences_are_told_at_once(tmp_path, made):
  _write(tmp_path, {'a': b'', 'saved_model.pb': b''})
  (tmp_path / 'variables/variables.index').unlink()
  lines = manifest.differences(made, tmp_path)
  assert [line.partition(':')[0] for line in lines] == [
    'a',
    'saved_model.pb',
    'variables/variables.index',
  ]


def test_a_missing_artifact_differs_in_every_file(tmp_path, made):
  lines = manifest.differences(made, tmp_path / 'nowhere')
  assert lines == [f'{name}: missing' for name in _FILES]
