"""Manifests survive the file, and tell what differs from them."""

import dataclasses
import json

import pytest

import exporter
from exporter import errors
from exporter.storage import manifest
import model_specs
from tests import some_manifest

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v2_035_96/classification/5'
)


def test_survives_json():
  manifest_ = some_manifest.make(_HANDLE)
  assert manifest.parse_manifest(manifest_.to_json(), 'x') == manifest_


def test_the_digest_is_that_of_the_files_alone():
  manifest_ = some_manifest.make(_HANDLE)
  unproven = dataclasses.replace(manifest_, libraries={}, proof=())
  assert unproven.digest == manifest_.digest
  turned = dict(reversed(manifest_.files.items()))
  assert dataclasses.replace(manifest_, files=turned).digest == manifest_.digest
  renamed = {f'{path}x': file for path, file in manifest_.files.items()}
  assert (
    dataclasses.replace(manifest_, files=renamed).digest != manifest_.digest
  )
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
  manifest_ = some_manifest.make(_HANDLE)
  assert manifest_.to_json().endswith('}\n')
  assert manifest_.to_json() == some_manifest.make(_HANDLE).to_json()


def _changed(**changes):
  data = json.loads(some_manifest.make(_HANDLE).to_json())
  return json.dumps({**data, **changes})


def _without(key):
  data = json.loads(some_manifest.make(_HANDLE).to_json())
  del data[key]
  return json.dumps(data)


_FILE = {'bytes': 1, 'sha256': 'ab' * 32}
_CHECK = {'name': 'x', 'compared': 1, 'difference': 0.0, 'tolerance': 0.1}
_WEIGHTS = {'checkpoint': 'x', 'sha256': 'ab' * 32, 'kind': 'ema'}


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
    '[' * 100_000,
    some_manifest.make(_HANDLE).to_json()[:100],
    *map(
      _without, ['handle', 'format', 'weights', 'files', 'proof', 'libraries']
    ),
    _changed(surprise=1),
    _changed(format=5),
    _changed(spec='latest'),
    _changed(spec='AB' * 32),
    _changed(handle=f'/{_HANDLE}'),
    _changed(handle=f'../{_HANDLE}'),
    _changed(handle='/home/somebody/.ssh/authorized_keys'),
    _changed(handle='google/imagenet/.git/classification/5'),
    _changed(handle='google/imagenet/a"b/classification/5'),
    _changed(handle='google/imagenet/a\nb/classification/5'),
    _changed(weights=None),
    _changed(weights={'checkpoint': 'x'}),
    _changed(weights={**_WEIGHTS, 'checkpoint': 'a\x1b[2J'}),
    _changed(weights={**_WEIGHTS, 'sha256': '/etc/passwd'}),
    _changed(files=[]),
    _changed(files={}),
    _changed(files={'a': 1}),
    _changed(files={'a': {'bytes': 1}}),
    _changed(files={'a': {**_FILE, 'bytes': 'x'}}),
    _changed(files={'a': {**_FILE, 'bytes': -1}}),
    _changed(files={'a': {**_FILE, 'bytes': True}}),
    _changed(files={'a': {**_FILE, 'bytes': 1.5}}),
    _changed(files={'a': {**_FILE, 'sha256': '/etc/passwd'}}),
    _changed(files={'a': {**_FILE, 'sha256': 'AB' * 32}}),
    _changed(files={'../a': _FILE}),
    _changed(files={'/etc/passwd': _FILE}),
    _changed(files={'l/../../x': _FILE}),
    _changed(files={'a//b': _FILE}),
    _changed(files={'./a': _FILE}),
    _changed(files={'': _FILE}),
    _changed(files={'a\0': _FILE}),
    _changed(proof=None),
    _changed(proof=[{'name': 'x', 'surprise': 1}]),
    _changed(proof=[{**_CHECK, 'difference': float('nan')}]),
    _changed(proof=[{**_CHECK, 'tolerance': float('inf')}]),
    _changed(proof=[{**_CHECK, 'compared': '1'}]),
    _changed(proof=[]),
    _changed(proof=[{**_CHECK, 'difference': -1.0}]),
    _changed(proof=[{**_CHECK, 'difference': 0.2}]),
    _changed(weights={**_WEIGHTS, 'kind': 'averaged'}),
    _changed(libraries={'tensorflow': '2'}),
    _changed(libraries=None),
    _changed(libraries={'tensorflow': 2}),
    _changed(pictures='x'),
    _changed(model=[]),
  ],
)
def test_another_text_is_refused(text):
  with pytest.raises(errors.ManifestError) as raised:
    manifest.parse_manifest(text, 'exports/5.json')
  message = str(raised.value)
  assert message.startswith('exports/5.json is not a manifest of slimhub (')
  assert message.endswith(' export the version again with --force')
  assert len(message) < 400


@pytest.mark.parametrize('writer', ['9.8.7', exporter.__version__])
def test_the_slimhub_that_wrote_it_is_named_if_it_is_another(writer):
  text = _changed(libraries={'slimhub': writer}, invented='later')
  with pytest.raises(errors.ManifestError) as raised:
    manifest.parse_manifest(text, 'exports/5.json')
  said = f'; use slimhub {writer}, which wrote it, or export the version again'
  assert (said in str(raised.value)) == (writer != exporter.__version__)
