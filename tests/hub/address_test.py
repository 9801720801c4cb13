"""Paths of URLs, taken apart, and what they find."""

import dataclasses
import pathlib
from typing import Any

import pytest

from exporter import errors
from exporter import storage
from exporter.hub import address
from exporter.storage import places
from model_specs import kinds
from tests import hidden
from tests import some_exports
from tests import some_manifest

_NAME, _TF2 = some_exports.NAME, some_exports.TF2
_QUANTOPS = 'google/imagenet/mobilenet_v1_025_128/quantops/classification'


def _change(root: pathlib.Path, name: str, **facts: Any) -> None:
  """Has a manifest say something else, as if it were of another export."""
  path = places.place(root, some_exports.handle(name)).manifest
  changed = dataclasses.replace(some_manifest.read(path), **facts)
  path.write_text(changed.to_json())


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return address.Exports(some_exports.make(tmp_path))


@pytest.mark.parametrize(
  ('path', 'export', 'part'),
  [
    (f'/{_NAME}', _NAME, ''),
    (f'/{_TF2}', _TF2, ''),
    (f'/{_TF2}/', _TF2, ''),
    (f'/{_TF2}.tar.gz', _TF2, '.tar.gz'),
    (f'/{_TF2}.json', _TF2, '.json'),
    (f'/{_TF2}/variables/x-0-of-1', _TF2, '/variables/x-0-of-1'),
    (f'/{_TF2}.onnx/model.onnx', f'{_TF2}.onnx/model', '.onnx'),
    (f'/{_TF2}.litert/int8.md', f'{_TF2}.litert/int8', '.md'),
    (f'/{_QUANTOPS}', _QUANTOPS, ''),
    (f'/{_QUANTOPS}/3', f'{_QUANTOPS}/3', ''),
    (f'/{_QUANTOPS}/3.tar.gz', f'{_QUANTOPS}/3', '.tar.gz'),
    (f'/{_QUANTOPS}/3/saved_model.pb', f'{_QUANTOPS}/3', '/saved_model.pb'),
  ],
)
def test_a_path_says_what_is_meant(path, export, part):
  assert address.parse(path) == address.Address(export, part)


@pytest.mark.parametrize(
  ('path', 'part'),
  [
    ('coreml2/model.json', ''),  # A file that is called as manifests are.
    ('coreml2/model.json.json', '.json'),
    ('coreml2/model.json.md', '.md'),
  ],
)
def test_a_group_has_digits_and_a_file_the_suffix_of_manifests(path, part):
  with kinds.added(kinds.Kind('coreml2', 'model', '.json')):
    parsed = address.parse(f'/{_TF2}.{path}')
  assert parsed == address.Address(f'{_TF2}.coreml2/model.json', part)


@pytest.mark.parametrize('path', ['/a', '/a/b/c', f'/{_NAME}/five'])
def test_a_path_that_names_nothing(path):
  assert address.parse(path) is None


@pytest.mark.parametrize(
  'path',
  [
    '/',
    '/..',
    '//etc/passwd',
    f'/{_TF2}//',
    '/../../etc/passwd',
    f'/{_TF2}/../5.json',
    f'/{_TF2}//saved_model.pb',
    f'/{_TF2}/.hidden',
    '/.slimhub-staging/a/b/c',
    '/a\0b',
    '/a\nb',
    '/a\\b',
    '/ä',
    '/a' * 40,
  ],
)
def test_a_path_that_can_be_nothing(path):
  with pytest.raises(address.MalformedError, match='no path of a hub'):
    address.parse(path)


@pytest.mark.parametrize(
  'handle',
  [some_exports.TF1, _TF2, some_exports.LITE, some_exports.ONNX],
)
def test_what_is_whole_is_found(exports, tmp_path, handle):
  wanted = address.parse(f'/{handle}')
  export = exports.find(wanted)
  assert export.manifest.handle == handle
  (tmp_path / f'{export.stem}.json').unlink()
  assert exports.find(wanted) is None
  assert exports.is_coming(wanted)


def test_what_is_not_there_is_not_coming(exports):
  wanted = address.parse(f'/{_NAME}/4')
  assert exports.find(wanted) is None
  assert not exports.is_coming(wanted)


def test_an_artifact_may_come_after_its_manifest(exports, tmp_path):
  folder, away = tmp_path / _TF2, tmp_path / 'away'
  folder.rename(away)
  wanted = address.parse(f'/{_TF2}')
  assert exports.find(wanted) is None
  away.rename(folder)
  assert exports.find(wanted).manifest.handle == _TF2


def test_a_manifest_that_was_replaced_is_read_again(exports, tmp_path):
  wanted = address.parse(f'/{_TF2}')
  exports.find(wanted)
  new = some_exports.add(tmp_path, _TF2, 'new')
  assert exports.find(wanted).manifest == new


def test_what_cannot_be_listed_is_not_told_to_be_missing(
  exports, tmp_path, monkeypatch
):
  hidden.hide(monkeypatch, tmp_path / _NAME)
  with pytest.raises(PermissionError, match=_NAME):
    exports.newest(address.parse(f'/{_NAME}'))


def test_the_newest_is_the_highest_number_that_is_whole(exports, tmp_path):
  wanted = address.parse(f'/{_NAME}')
  assert exports.newest(wanted).export == _TF2
  (tmp_path / f'{_TF2}.json').unlink()
  assert exports.newest(wanted).export == some_exports.TF1
  assert exports.newest(address.parse(f'/{_NAME}s')) is None


def test_the_manifest_of_another_is_an_error(exports, tmp_path):
  text = (tmp_path / f'{some_exports.TF1}.json').read_text()
  (tmp_path / f'{_TF2}.json').write_text(text)
  with pytest.raises(errors.ManifestError, match=r'expected one of .*/5'):
    exports.find(address.parse(f'/{_TF2}'))


@pytest.mark.parametrize('name', [_TF2, f'{_TF2}.json'])
def test_a_link_out_of_the_folder_is_not_followed(exports, tmp_path, name):
  outside = tmp_path.with_name(f'{tmp_path.name}-outside')
  (tmp_path / name).rename(outside)
  (tmp_path / name).symlink_to(outside)
  with pytest.raises(errors.ManifestError, match='is a link'):
    exports.find(address.parse(f'/{_TF2}'))


@pytest.mark.parametrize('name', [_TF2, some_exports.LITE])
def test_what_was_measured_is_neither_an_export_nor_a_file_of_one(
  exports, tmp_path, name
):
  path = (tmp_path / name).with_suffix('.measured.json')
  assert path.exists()
  wanted = address.parse(f'/{path.relative_to(tmp_path)}')
  assert wanted is not None
  export = exports.find(wanted)
  assert wanted.part not in export.manifest.files
  assert wanted.part not in (kinds.CARD, kinds.MANIFEST)


def test_conversions_are_found(exports):
  conversions = exports.conversions(exports.find(address.parse(f'/{_TF2}')))
  assert [manifest.handle for manifest in conversions] == [
    some_exports.LITE,
    some_exports.ONNX,
  ]


@pytest.mark.parametrize(
  ('facts', 'says'),
  [
    ({'weights': storage.Weights('x', 'cd' * 32, 'raw')}, 'weights of hash'),
    ({'model': {'labels': ['cat', 'dog']}}, r'another spec .* \(labels\)'),
  ],
)
def test_a_file_is_left_out_once_its_savedmodel_is_another(
  tmp_path, facts, says
):
  exports = address.Exports(some_exports.make(tmp_path))
  lite = address.of(some_exports.handle(some_exports.LITE))
  saved_model = address.of(some_exports.handle(_TF2))
  found, origin = exports.find(lite), exports.find(saved_model)
  assert found
  assert origin
  assert found.manifest in exports.conversions(origin)
  _change(tmp_path, _TF2, **facts)
  with pytest.raises(errors.ManifestError, match=says):
    exports.find(lite)
  origin = exports.find(saved_model)
  assert origin
  assert exports.conversions(origin) == []
  with (
    pytest.raises(errors.ManifestError, match=says),
    storage.open_artifact(tmp_path, some_exports.handle(some_exports.LITE)),
  ):
    pass
