"""What was measured is kept with the export, and is never another's."""

import dataclasses
import json
import math
import pathlib

import pytest

from exporter import errors
from exporter.measure import accuracy
from exporter.measure import measurements
from exporter.measure import speed
from exporter.storage import places
import model_specs
from tests import object_storage
from tests import some_accuracy
from tests import some_manifest
from tests import some_speed

_HANDLE = model_specs.get(some_accuracy.HANDLE)
_MANIFEST = some_manifest.make(_HANDLE)
_WHOLE = measurements.Measurements(
  speed.of_export(_HANDLE, some_speed.MACHINE, some_speed.make()),
  accuracy.shorten(some_accuracy.make(), 10),
)


@pytest.fixture(name='place')
def _place(tmp_path) -> places.Place[pathlib.Path]:
  return places.place(tmp_path, _HANDLE)


@pytest.mark.parametrize(
  'figures',
  [
    _WHOLE,
    dataclasses.replace(_WHOLE, speed=None),
    dataclasses.replace(_WHOLE, accuracy=None),
  ],
  ids=['both', 'accuracy', 'speed'],
)
def test_what_is_written_is_read(place, figures, tmp_path):
  measurements.write_measurements(tmp_path, _HANDLE, _MANIFEST, figures)
  assert measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST) == figures
  assert place.measured.name == '5.measured.json'
  assert [path.name for path in place.measured.parent.iterdir()] == [
    '5.measured.json'
  ]


def test_it_is_kept_in_a_bucket():
  with object_storage.serve() as bucket:
    nothing = measurements.Measurements()
    assert measurements.read_measurements(bucket, _HANDLE, _MANIFEST) == nothing
    measurements.write_measurements(bucket, _HANDLE, _MANIFEST, _WHOLE)
    assert measurements.read_measurements(bucket, _HANDLE, _MANIFEST) == _WHOLE


def test_without_a_file_nothing_was_measured(place, tmp_path):
  figures = measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST)
  assert figures == measurements.Measurements(None, None)


def test_figures_of_other_files_are_left_out(place, tmp_path):
  measurements.write_measurements(tmp_path, _HANDLE, _MANIFEST, _WHOLE)
  other = some_manifest.make(_HANDLE, hashed='00' * 32)
  nothing = measurements.Measurements()
  assert measurements.read_measurements(tmp_path, _HANDLE, other) == nothing


def _without(facts: dict, *path: str | int) -> dict:
  *parents, name = path
  inner = facts
  for each in parents:
    inner = inner[each]
  del inner[name]
  return facts


def _with(facts: dict, value: object, *path: str | int) -> dict:
  *parents, name = path
  inner = facts
  for each in parents:
    inner = inner[each]
  inner[name] = value
  return facts


_SPEED = ('measured', 'speed')
_ACCURACY = ('measured', 'accuracy')


@pytest.mark.parametrize(
  'damage',
  [
    lambda facts: [],
    lambda facts: _without(facts, 'artifact'),
    lambda facts: _without(facts, *_SPEED, 'machine', 'cores'),
    lambda facts: _with(facts, 1, *_SPEED, 'machine', 'age'),
    lambda facts: _with(facts, '9', *_SPEED, 'own', 0, 'median_ms'),
    lambda facts: _with(facts, 'all', *_SPEED, 'own'),
    lambda facts: _with(facts, True, *_ACCURACY, 'top1'),
    lambda facts: _with(facts, 0.5, *_ACCURACY, 'classes'),
    lambda facts: _with(facts, None, *_ACCURACY, 'setting'),
    lambda facts: _with(facts, {'owl': 'x'}, *_ACCURACY, 'names'),
    lambda facts: _with(facts, {'\u0663': 'x'}, *_ACCURACY, 'names'),
    lambda facts: _with(facts, {'1_0': 'x'}, *_ACCURACY, 'names'),
    lambda facts: _with(facts, {}, *_ACCURACY, 'names'),
    lambda facts: _with(facts, 0, *_ACCURACY, 'setting', 'pictures'),
    lambda facts: _with(facts, 99, *_ACCURACY, 'top1'),
    lambda facts: _with(facts, -1, *_ACCURACY, 'worst', 0, 'right'),
    lambda facts: _with(facts, math.nan, *_SPEED, 'own', 0, 'median_ms'),
    lambda facts: _with(facts, 10**400, *_SPEED, 'own', 0, 'median_ms'),
  ],
)
def test_what_is_damaged_is_named_with_the_remedy(place, damage, tmp_path):
  measurements.write_measurements(tmp_path, _HANDLE, _MANIFEST, _WHOLE)
  facts = json.loads(place.measured.read_text())
  place.measured.write_text(json.dumps(damage(facts)))
  with pytest.raises(errors.ManifestError) as raised:
    measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST)
  assert str(place.measured) in str(raised.value)
  assert 'remove it, and measure again' in str(raised.value)


@pytest.mark.parametrize('data', [b' ', b'{', b'\xff\xfe', b'[' * 99999])
def test_what_is_no_json_is_named_too(place, data, tmp_path):
  place.measured.parent.mkdir(parents=True)
  place.measured.write_bytes(data)
  with pytest.raises(errors.ManifestError, match='remove it'):
    measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST)


def test_what_never_ends_is_no_figure(place, tmp_path):
  place.measured.parent.mkdir(parents=True)
  place.measured.symlink_to('/dev/zero')
  with pytest.raises(errors.ManifestError, match=r'5\.measured\.json'):
    measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST)


def test_what_a_power_cut_left_is_nothing(place, tmp_path):
  place.measured.parent.mkdir(parents=True)
  place.measured.write_bytes(bytes(100))
  figures = measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST)
  assert figures == measurements.Measurements()


def test_a_whole_number_may_stand_for_a_fraction(place, tmp_path):
  measurements.write_measurements(tmp_path, _HANDLE, _MANIFEST, _WHOLE)
  facts = json.loads(place.measured.read_text())
  _with(facts, 10, *_SPEED, 'own', 0, 'median_ms')
  place.measured.write_text(json.dumps(facts))
  figures = measurements.read_measurements(tmp_path, _HANDLE, _MANIFEST).speed
  assert figures
  assert figures.own[0].median_ms == 10


def test_one_export_is_timed_beside_its_peer_alone():
  other = dataclasses.replace(some_speed.make()[-1], network='a/b/c/d')
  timed = speed.of_export(
    _HANDLE, some_speed.MACHINE, [*some_speed.make(), other]
  )
  assert {each.name for each in timed.own} == {str(_HANDLE)}
  assert {each.name for each in timed.keras} == {'keras.applications.X'}
  assert len(timed.own) == len(timed.keras) == len(speed.BATCHES)


def test_a_summary_keeps_what_a_card_says():
  whole = some_accuracy.make()
  kept = accuracy.shorten(whole, 2)
  assert (kept.top1_percent, kept.top5_percent) == (50.0, 90.0)
  assert kept.interval == whole.interval
  assert kept.classes == 3
  assert kept.worst[0].taken_for == {4: 2}  # Of two, the more frequent.
  assert kept.names == {1: 'cat & dog', 2: 'newt', 3: 'owl', 4: 'pike'}
  assert [each.number for each in accuracy.shorten(whole, 9).worst] == [3, 1]
  rows = accuracy.class_rows(kept.worst, kept.names)
  assert rows == accuracy.class_rows(whole.classes[:2], whole.names)
