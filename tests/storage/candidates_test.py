"""The paths at which exports may lie are told without a look into any file."""

import pytest

from exporter.storage import candidates
import model_specs
from tests import hidden
from tests import some_exports


@pytest.fixture(name='exports')
def _exports(tmp_path):
  return some_exports.make(tmp_path)


def _names(exports, whole: bool) -> list[str]:
  return [
    path.name for path in candidates.find_paths(exports, whole).candidates
  ]


def test_all_are_found_by_the_names_that_people_write(exports):
  assert _names(exports, whole=True) == [
    some_exports.TF1,
    some_exports.TF2,
    some_exports.LITE,
    some_exports.ONNX,
  ]


@pytest.mark.parametrize('name', [some_exports.TF2, some_exports.ONNX])
def test_what_has_no_manifest_is_not_whole(exports, name):
  handle = some_exports.handle(name)
  (exports / f'{handle.stem}.json').unlink()
  assert name in _names(exports, whole=False)
  assert name not in _names(exports, whole=True)


def test_what_a_manifest_says_does_not_matter(exports):
  for path in exports.rglob('*.json'):
    path.write_text('nonsense')
  assert len(_names(exports, whole=True)) == 4


def test_each_tells_its_handle(exports):
  paths = candidates.find_paths(exports, whole=True).candidates
  for path in paths:
    assert str(path.handle(exports, model_specs.PUBLISHED)) == path.name


@pytest.mark.parametrize(
  'name',
  [
    'google',
    'google/imagenet',
    some_exports.NAME.rpartition('/')[0],
    some_exports.NAME,
    some_exports.LITE.rpartition('/')[0],
    'google/imagenet/mobilenet_v1_025_128/quantops',
    'google/imagenet/mobilenet_v1_025_128/quantops/feature_vector',
  ],
)
def test_a_folder_that_hides_exports_is_told(exports, monkeypatch, name):
  (exports / name).mkdir(parents=True, exist_ok=True)
  hidden.hide(monkeypatch, exports / name)
  for whole in (True, False):
    assert list(candidates.find_paths(exports, whole).closed) == [name]


@pytest.mark.parametrize(
  'name',
  [
    'lost+found',
    '.slimhub-staging',
    'google/imagenet/mobilenet_v1_025_128/notes',
    f'{some_exports.TF2}.backup',
    f'{some_exports.NAME}/old.litert',
  ],
)
def test_a_folder_that_never_has_exports_may_be_hidden(
  exports, monkeypatch, name
):
  (exports / name).mkdir(parents=True, exist_ok=True)
  hidden.hide(monkeypatch, exports / name)
  assert not candidates.find_paths(exports, whole=True).closed


def test_a_variant_is_found_in_a_folder_of_its_own(tmp_path):
  name = 'google/imagenet/mobilenet_v1_025_128/quantops/feature_vector/3'
  (tmp_path / name).mkdir(parents=True)
  (tmp_path / f'{name}.json').write_text('{}')
  (path,) = candidates.find_paths(tmp_path, whole=True).candidates
  assert path.name == name
  assert str(path.handle(tmp_path, model_specs.PUBLISHED)) == name
