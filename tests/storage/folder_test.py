"""Only what was delivered whole is found in a folder of exports."""

import dataclasses
import os
import pathlib
import re
import shutil

import pytest

from exporter import errors
from exporter import results
from exporter.storage import folder as folder_lib
from exporter.storage import places
import model_specs
from model_specs import formats
from model_specs import kinds
from tests import another_user
from tests import hidden
from tests import some_exports
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
  items = folder_lib.items(folder).usable
  assert [item.handle for item in items] == sorted(_CURRENT, key=str)
  for item in items:
    assert item.place == places.place(folder, item.handle)
    assert item.manifest == some_manifest.make(item.handle)


def test_what_has_no_manifest_yet_is_left_out(folder):
  coming, *rest = _CURRENT
  places.place(folder, coming).manifest.unlink()
  assert {item.handle for item in folder_lib.items(folder).usable} == set(rest)


def test_a_manifest_alone_is_no_artifact(folder):
  gone, *rest = _CURRENT
  places.place(folder, gone).artifact.rmdir()
  found = folder_lib.items(folder)
  assert {item.handle for item in found.usable} == set(rest)
  (left_out,) = found.left_out
  assert left_out.name == str(gone)
  assert 'which it describes, is not' in left_out.reason


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
  manifest = dataclasses.replace(
    some_manifest.make(handle), model=some_spec_file.values(**changes)
  )
  place.manifest.write_text(manifest.to_json())
  artifacts = folder_lib.find_artifacts(tmp_path)
  assert not artifacts.usable
  (left_out,) = artifacts.left_out
  pattern = rf"2\.json: model 'small' cannot be used\n  {says}"
  assert re.search(pattern, left_out.reason)


def _damage(manifest: pathlib.Path) -> None:
  manifest.write_text(manifest.read_text()[:200])


def _rename(manifest: pathlib.Path) -> None:
  other = some_manifest.make(_CURRENT[1])
  manifest.write_text(other.to_json())


def _link(manifest: pathlib.Path) -> None:
  manifest.rename(manifest.with_suffix('.real'))
  manifest.symlink_to(manifest.with_suffix('.real'))


def _link_artifact(manifest: pathlib.Path) -> None:
  artifact = manifest.with_suffix('')
  artifact.rename(artifact.with_name('real'))
  artifact.symlink_to('real')


def _pipe(manifest: pathlib.Path) -> None:
  manifest.unlink()
  os.mkfifo(manifest)


@pytest.mark.parametrize(
  'spoil', [_damage, _rename, _link, _link_artifact, _pipe]
)
def test_one_bad_export_is_named_and_stops_nobody(folder, spoil):
  bad, *rest = _CURRENT
  spoil(places.place(folder, bad).manifest)
  items = folder_lib.items(folder)
  assert {item.handle for item in items.usable} == set(rest)
  (left_out,) = items.left_out
  assert (left_out.name, left_out.status) == (str(bad), results.FAILED)
  assert f'{folder / str(bad)}' in left_out.reason


def test_what_a_folder_hides_is_named_and_stops_nobody(folder, monkeypatch):
  secret, open_ = 'classification', 'feature_vector'
  name = f'google/imagenet/mobilenet_v1_025_128/{secret}'
  hidden.hide(monkeypatch, folder / name)
  seen = {handle for handle in _CURRENT if handle.task == open_}
  for found in (folder_lib.items(folder), folder_lib.find_artifacts(folder)):
    assert len(found.usable) == len(seen)
    (left_out,) = found.left_out
    assert (left_out.name, left_out.status) == (name, results.FAILED)
    assert left_out.error is errors.MachineError
    assert re.search(
      f'{folder / name} cannot be listed .*readable', left_out.reason
    )


@pytest.mark.parametrize(
  ('pattern', 'concerns'),
  [
    ('mobilenet_v1_025_128', True),
    ('mobilenet_v1_0.25_128', True),
    ('mobilenet_v1_*/classification/5', True),
    ('*/imagenet/mobilenet_v1_025_128/*', True),
    (
      'https://tfhub.dev/google/imagenet/mobilenet_v1_025_128/classification/4',
      True,
    ),
    ('mobilenet_v1_025_128/feature_vector', False),
    ('mobilenet_v1_0.25_128/feature_vector/5', False),
  ],
)
def test_a_hidden_folder_concerns_whoever_asks_for_what_it_may_hold(
  folder, monkeypatch, pattern, concerns
):
  name = 'google/imagenet/mobilenet_v1_025_128/classification'
  hidden.hide(monkeypatch, folder / name)
  left_out = folder_lib.find_artifacts(folder, [pattern]).left_out
  assert [each.name for each in left_out] == ([name] if concerns else [])


def test_a_bad_conversion_concerns_whoever_asks_for_its_version(folder):
  name = 'google/imagenet/mobilenet_v1_025_128/classification/5'
  handle = formats.convert(model_specs.get(name), kinds.converted()[0])
  place = places.place(folder, handle)
  place.artifact.parent.mkdir()
  place.artifact.touch()
  place.manifest.write_text('{')
  assert len(folder_lib.items(folder, [name]).left_out) == 1
  other = 'mobilenet_v1_025_128/feature_vector'
  assert not folder_lib.items(folder, [other]).left_out


def test_what_is_hidden_may_be_all_there_is(folder, monkeypatch):
  hidden.hide(monkeypatch, folder / 'google')
  (left_out,) = folder_lib.items(folder, ['mobilenet_v1_025_128']).left_out
  assert left_out.name == 'google'
  hidden.hide(monkeypatch, folder)
  with pytest.raises(PermissionError, match=str(folder)):
    folder_lib.items(folder)


@another_user.AS_ROOT
def test_what_another_user_may_not_list_is_named():
  with another_user.shared_folder() as shared:
    some_exports.make(shared)
    closed = shared / some_exports.NAME
    closed.chmod(0o700)
    message = another_user.find_left_out(shared)
  assert message.startswith(f'{some_exports.NAME}: {closed} cannot be listed')


def test_a_version_that_never_was_is_named_and_stops_nobody(folder):
  for handle in _CURRENT:
    shutil.copytree(
      places.place(folder, handle).artifact,
      (folder / str(handle)).with_name('7'),
    )
    break
  (stray,) = folder_lib.find_artifacts(folder).left_out
  assert 'the versions are' in stray.reason
  assert folder_lib.items(folder).left_out == (stray,)
  others = folder_lib.find_artifacts(folder, [str(_CURRENT[1])])
  assert others == folder_lib.Found((_CURRENT[1],))
  selected = folder_lib.find_artifacts(folder, [stray.name])
  assert selected == folder_lib.Found((), (stray,))


def test_the_number_of_a_version_has_ascii_digits(folder):
  (folder / str(_CURRENT[0])).with_name('\u0665').mkdir()
  assert not folder_lib.find_artifacts(folder).left_out


def test_only_what_matches_a_pattern_is_taken(folder):
  first, *others = _CURRENT
  items = folder_lib.items(folder, [str(first)]).usable
  assert [item.handle for item in items] == [first]
  places.place(folder, others[0]).manifest.write_text('{}')
  assert not folder_lib.items(folder, [str(first)]).left_out
  assert len(folder_lib.items(folder).left_out) == 1


def test_a_pattern_that_nothing_matches_is_named_and_stops_nobody(folder):
  lacking = 'mobilenet_v2_*'
  found = folder_lib.items(folder, [str(_CURRENT[0]), lacking])
  assert [item.handle for item in found.usable] == [_CURRENT[0]]
  (left_out,) = found.left_out
  assert (left_out.name, left_out.status) == (lacking, results.FAILED)
  assert f'matches {lacking}; export it, or do not ask' in left_out.reason
  with pytest.raises(errors.ManifestError, match='exports there'):
    folder_lib.items(folder, [lacking])


def test_a_format_of_which_nothing_is_there_is_named(folder):
  found = folder_lib.items(folder, [], ['tf1', 'tf2', 'onnx'])
  assert len(found.usable) == len(_CURRENT)
  assert [each.name for each in found.left_out] == ['--formats=onnx']
  one, other = (h for h in _CURRENT if h.kind.word == 'tf2')
  file = formats.convert(one, kinds.get('litert.float32'))
  place = places.place(folder, file)
  place.artifact.parent.mkdir(parents=True)
  place.artifact.touch()
  place.manifest.write_text(some_manifest.make(file).to_json())
  found = folder_lib.items(folder, [str(one), str(other)], ['litert'])
  assert [item.handle for item in found.usable] == [file]
  (left_out,) = found.left_out
  assert left_out.name == str(other)
  assert 'no export of --formats=litert in the folder match' in left_out.reason


def test_a_file_of_other_weights_than_its_savedmodel_is_no_export(folder):
  one = next(h for h in _CURRENT if h.kind.word == 'tf2')
  file = formats.convert(one, kinds.get('onnx.model'))
  place = places.place(folder, file)
  place.artifact.parent.mkdir(parents=True)
  place.artifact.touch()
  manifest = some_manifest.make(file)
  place.manifest.write_text(manifest.to_json())
  assert not folder_lib.items(folder).left_out
  weights = dataclasses.replace(manifest.weights, sha256='cd' * 32)
  changed = dataclasses.replace(manifest, weights=weights)
  place.manifest.write_text(changed.to_json())
  for given in (None, ['onnx']):
    found = folder_lib.items(folder, [], given)
    (left_out,) = found.left_out
    assert left_out.name == file.stem
    assert 'weights of hash cdcd' in left_out.reason
    assert file not in [item.handle for item in found.usable]
  places.place(folder, one).manifest.unlink()  # It was moved away.
  assert not folder_lib.items(folder, [], ['onnx']).left_out


def test_an_artifact_without_a_manifest_is_named(folder):
  places.place(folder, _CURRENT[0]).manifest.unlink()
  found = folder_lib.items(folder)
  (lacking,) = found.left_out
  assert lacking.name == str(_CURRENT[0])
  assert 'has no manifest' in lacking.reason
  assert [item.handle for item in found.usable] == [*_CURRENT[1:]]
