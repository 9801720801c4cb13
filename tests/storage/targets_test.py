"""Exports are found by their place as by their handles."""

import dataclasses

import pytest

from exporter import errors
from exporter.storage import folder
from exporter.storage import manifest
from exporter.storage import places
from exporter.storage import targets
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import hidden
from tests import some_manifest
from tests import some_spec_file

_NAME = 'google/imagenet/mobilenet_v1_025_128/classification'
_TF1, _TF2 = (model_specs.get(f'{_NAME}/{number}') for number in (3, 5))
_LITERT = formats.convert(_TF2, kinds.converted()[0])


def _prefixes(path):
  """A path, and each folder on the way to it."""
  parts = path.split('/')
  return ['/'.join(parts[:n]) for n in range(1, len(parts) + 1)]


@pytest.fixture(name='root')
def _root(tmp_path):
  root = tmp_path / 'a' / 'classification' / 'exports'
  for handle in (_TF1, _TF2, _LITERT):
    place = places.place(root, handle)
    place.manifest.parent.mkdir(parents=True, exist_ok=True)
    place.manifest.touch()
    if handle is _LITERT:
      place.artifact.touch()
    else:
      place.artifact.mkdir()
  return root


@pytest.mark.parametrize(
  ('path', 'found'),
  [
    ('', [_TF1, _TF2, _LITERT]),
    ('google', [_TF1, _TF2, _LITERT]),
    ('google/imagenet', [_TF1, _TF2, _LITERT]),
    ('google/imagenet/mobilenet_v1_025_128', [_TF1, _TF2, _LITERT]),
    (_NAME, [_TF1, _TF2, _LITERT]),
    (f'{_NAME}/3', [_TF1]),
    (f'{_NAME}/5', [_TF2]),
    (str(_LITERT), [_LITERT]),
  ],
)
def test_a_place_means_what_is_in_it(root, path, found):
  where, inside = targets.find_targets([str(root / path)], None)
  assert (where, inside.usable) == (root, tuple(found))


_VARIANT = 'google/imagenet/mobilenet_v1_025_128/quantops/classification'


@pytest.mark.parametrize('path', ['', *_prefixes(f'{_VARIANT}/3')])
def test_a_variant_is_found_by_its_place(tmp_path, path):
  handle = model_specs.get(f'{_VARIANT}/3')
  place = places.place(tmp_path, handle)
  place.artifact.mkdir(parents=True)
  place.manifest.write_text(some_manifest.make(handle).to_json())
  where, inside = targets.find_targets([str(tmp_path / path)], None)
  assert (where, inside.usable) == (tmp_path, (handle,))


def _own(root, **changes):
  """A folder of exports with one of an own model alone."""
  handle = some_spec_file.model(**changes).handles()[1]
  place = places.place(root, handle)
  place.artifact.mkdir(parents=True)
  described = dataclasses.replace(
    some_manifest.make(handle), model=manifest.spec_table(handle)
  )
  place.manifest.write_text(described.to_json())
  return handle


def test_a_name_may_be_the_word_of_variants(tmp_path):
  handle = _own(tmp_path, name=model_specs.VARIANT)
  for path in ('', *_prefixes(str(handle))):
    where, inside = targets.find_targets([str(tmp_path / path)], None)
    assert (where, inside.usable) == (tmp_path, (handle,))


def test_a_place_may_be_said_from_within(root, monkeypatch):
  monkeypatch.chdir(root / _NAME)
  where, selection = targets.find_targets(['5'], None)
  assert (where, selection.usable) == (root, (_TF2,))


def test_formats_choose(root):
  where, selection = targets.find_targets([str(root)], None, ['litert'])
  assert (where, selection.usable) == (root, (_LITERT,))


def test_patterns_are_below_a_known_place(root):
  where, selection = targets.find_targets(['mobilenet_v1_025_128/*/3'], root)
  assert (where, selection.usable) == (root, (_TF1,))


def test_another_place_is_an_error(root):
  (root / 'other').mkdir()
  for name in ('other', 'missing'):
    with pytest.raises(errors.ManifestError, match=f'{name} is no export of'):
      targets.find_targets([str(root / name)], None)


@pytest.mark.parametrize('name', ['google', 'google/imagenet'])
def test_a_place_that_hides_all_is_another_error(root, monkeypatch, name):
  hidden.hide(monkeypatch, root / name)
  with pytest.raises(PermissionError, match=f'{root / name}'):
    targets.find_targets([str(root)], None)


def test_a_place_in_a_hidden_folder_is_told(root, monkeypatch):
  hidden.hide(monkeypatch, root / _NAME)
  for path in (root, root / _NAME, root / _NAME / '5'):
    _, inside = targets.find_targets([str(path)], None)
    assert [each.name for each in inside.left_out] == [_NAME]


def test_a_format_that_is_elsewhere_is_an_error(root):
  with pytest.raises(errors.ManifestError, match='of --formats=litert and'):
    targets.find_targets([str(root / _NAME / '3')], None, ['litert'])


def test_another_version_is_an_error(root):
  with pytest.raises(errors.ManifestError, match='4 is no export of'):
    targets.find_targets([str(root / _NAME / '4')], None)


def test_an_own_model_is_known_by_its_manifest(tmp_path):
  handle = _own(tmp_path)
  place = places.place(tmp_path, handle)
  for path in (place.artifact, place.artifact.parent, tmp_path / 'acme'):
    where, selection = targets.find_targets([str(path)], None)
    assert (where, selection.usable) == (tmp_path, (handle,))


def _refuse(*args, **kwargs):
  raise AssertionError(f'searched {args[0]}')


@pytest.mark.parametrize('name', ['', '2024', '2024/photos', 'photos'])
def test_a_folder_of_another_meaning_leads_nowhere(tmp_path, monkeypatch, name):
  data = tmp_path / 'my' / 'own' / 'data' / 'classification'
  (data / '2024' / 'photos').mkdir(parents=True)
  (data / 'photos').mkdir()
  (data / '1.json').write_text('{}')
  monkeypatch.setattr(folder, 'find_artifacts', _refuse)
  for path in (data / name, data.parent):
    with pytest.raises(errors.ManifestError, match='is no export of'):
      targets.find_targets([str(path)], None)


@pytest.mark.parametrize('named', ['', '~no-such-user/x'])
def test_what_is_no_path_is_one_error(named):
  with pytest.raises(errors.ExportError, match='path'):
    targets.find_targets([named], None)
