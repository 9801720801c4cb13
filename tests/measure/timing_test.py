"""Exports are timed, and the figures stand beside them and on their cards."""

import dataclasses
import json
import pathlib
import shutil

import pytest

from exporter import environment
from exporter import errors
from exporter import formats as formats_lib
from exporter.cards import update
from exporter.measure import speed
from exporter.measure import timing
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.pipeline import verify
from exporter.storage import contents
from exporter.storage import places
from model_specs import formats
from tests import some_manifest
from tests import tiny_network

_HANDLES = tuple(
  sorted(
    formats.select(
      tiny_network.MODEL.handles((3, 5)),
      ['tf1', 'tf2', 'litert.float32', 'onnx'],
    ),
    key=str,
  )
)


def _order(folder: pathlib.Path) -> orders.Order:
  return orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')


@pytest.fixture(scope='module', name='measured')
def _measured(tmp_path_factory) -> tuple[pathlib.Path, list]:
  folder = tmp_path_factory.mktemp('exports')
  with tiny_network.registered():
    list(export.run(_order(folder)))
  running = timing.benchmark(_HANDLES, folder, formats_lib.load, seconds=0.02)
  groups = list(running)
  speeds = [speed_ for group in groups for speed_ in group]
  machine = speed.this_machine()
  for handle in _HANDLES:
    update.write_speed(handle, folder, machine, speeds, formats_lib.describe)
  return folder, groups


def test_each_artifact_is_timed_with_each_batch(measured):
  _, groups = measured
  assert len(groups) == 2
  speeds = [speed_ for group in groups for speed_ in group]
  assert [(s.name, s.batch) for s in speeds] == [
    (str(handle), batch) for handle in _HANDLES for batch in speed.BATCHES
  ]
  assert all(0 < s.median_ms <= s.p95_ms for s in speeds)
  assert all(s.runs >= 10 for s in speeds)


def test_figures_and_chart_stand_beside_the_exports(measured):
  folder, groups = measured
  facts = json.loads((folder / timing.JSON).read_text())
  assert len(facts['speeds']) == sum(map(len, groups)) == 24
  assert facts['machine']['cores'] == environment.cores()
  assert (folder / timing.CHART).read_text('utf-8').startswith('<svg')


@pytest.mark.parametrize('handle', _HANDLES, ids=str)
def test_cards_take_their_figures_and_the_machine(measured, handle):
  folder, groups = measured
  card = places.place(folder, handle).card.read_text()
  assert card.count('\n## Speed\n') == 1
  assert speed.this_machine().processor in ' '.join(card.split())
  (own,) = (
    s for g in groups for s in g if (s.name, s.batch) == (str(handle), 8)
  )
  assert f'| 8 | {own.median_ms:.2f} | {own.p95_ms:.2f} |' in card


def test_the_exports_themselves_stay_as_they_were(measured):
  folder, _ = measured
  for handle in _HANDLES:
    place = places.place(folder, handle)
    manifest = some_manifest.read(place.manifest)
    assert not contents.differences(manifest, place.artifact)
  with tiny_network.registered():
    results = list(export.run(_order(folder)))
    again = list(verify.run(orders.Order(orders.VERIFY, _HANDLES, folder)))
  assert {result.status for result in results} == {'kept'}
  assert {result.status for result in again} == {'verified'}


@pytest.mark.parametrize('handle', _HANDLES[-2:], ids=str)
def test_a_new_export_has_none_of_the_figures_of_the_old_one(
  measured, tmp_path, handle
):
  folder = shutil.copytree(measured[0], tmp_path / 'exports')
  place = places.place(folder, handle)
  assert place.measured.exists()
  order = dataclasses.replace(_order(folder), handles=(handle,), force=True)
  with tiny_network.registered():
    (result,) = export.run(order)
  assert result.status == 'exported'
  assert not place.measured.exists()
  assert '\n## Speed\n' not in place.card.read_text()


def test_what_cannot_be_loaded_keeps_no_other_from_its_figures(
  measured, tmp_path
):
  folder = shutil.copytree(measured[0], tmp_path / 'exports')
  bad = next(h for h in _HANDLES if h.kind.word == 'litert.float32')
  places.place(folder, bad).artifact.write_bytes(b'no model')
  for name in (timing.JSON, timing.CHART):
    (folder / name).unlink()
  handles = [h for h in _HANDLES if h.folder == bad.folder]
  running = timing.benchmark(handles, folder, formats_lib.load, seconds=0.02)
  with pytest.raises(errors.ProofError) as raised:
    list(running)
  assert str(raised.value).startswith('1 exports are not measured:\n  ')
  assert str(bad) in str(raised.value)
  facts = json.loads((folder / timing.JSON).read_text())
  names = {each['name'] for each in facts['speeds']}
  assert names == {str(h) for h in handles} - {str(bad)}
