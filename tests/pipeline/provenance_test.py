"""An export says where it comes from, in the same words each time."""

import dataclasses
import pathlib
import tarfile

import pytest

from exporter import provenance
from exporter import results as results_lib
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import export as export_lib
from exporter.storage import manifest
from exporter.storage import places
from tests import checkpoints_made as checkpoints
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))[:2]
_CHECKPOINT = tiny_network.MODEL.checkpoint


def _order(folder: pathlib.Path, **changes) -> orders.Order:
  order = orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')
  return dataclasses.replace(order, **changes)


def _run(order: orders.Order) -> list[results_lib.Result]:
  with tiny_network.registered():
    return list(export.run(order))


@pytest.fixture(scope='module', name='exported')
def _exported(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('exported')
  assert {result.status for result in _run(_order(folder))} == {'exported'}
  return folder


def _pack(folder: pathlib.Path) -> pathlib.Path:
  """A folder with the published archive of the network."""
  checkpoints.write(folder / 'unpacked' / _CHECKPOINT, tiny_network.tensors())
  archives = folder / 'archives'
  archives.mkdir()
  path = archives / tiny_network.MODEL.archive_name
  with tarfile.open(path, 'w:gz') as tar:
    tar.add(folder / 'unpacked', arcname='.')
  return archives


def test_provenance_and_bill_of_materials_are_delivered(exported):
  for handle in _HANDLES:
    place = places.place(exported, handle)
    delivered = export_lib.find_export(exported, handle.stem)
    assert delivered
    assert not provenance.false_claims(delivered)
    for path in (place.provenance, place.bom):
      assert place.manifest.stem in path.name
      assert path.name in place.card.read_text()


def test_a_time_is_written_only_where_somebody_says_which(
  exported, tmp_path, monkeypatch
):
  monkeypatch.setenv('SOURCE_DATE_EPOCH', '1481932800')
  (result,) = _run(_order(tmp_path, handles=_HANDLES[:1]))
  assert result.status == 'exported'
  place, dated = (
    places.place(folder, _HANDLES[0]) for folder in (exported, tmp_path)
  )
  for old, new in zip(place.said, dated.said, strict=True):
    says_when = '2016-12-17T00:00:00Z' in new.read_text()
    assert says_when == (new in (dated.provenance, dated.bom))
    assert says_when or old.read_bytes() == new.read_bytes()
  monkeypatch.setenv('SOURCE_DATE_EPOCH', 'yesterday')
  (result,) = _run(_order(tmp_path, handles=_HANDLES[:1]))
  assert 'SOURCE_DATE_EPOCH' in result.reason


def test_an_export_says_which_archive_its_weights_are_of(tmp_path):
  archives = _pack(tmp_path)
  order = _order(
    tmp_path / 'out',
    handles=_HANDLES[:1],
    weights='auto',
    checkpoint_dir=archives,
  )
  (refused,) = _run(dataclasses.replace(order, require_checksums=True))
  assert 'asks for a known checksum' in refused.reason
  (result,) = _run(order)
  assert result.status == 'exported'
  place = places.place(order.output_dir, _HANDLES[0])
  export_manifest = manifest.parse_manifest(place.manifest.read_text(), 'it')
  assert export_manifest.weights.archive
  assert export_manifest.weights.archive.trust == 'first use'
  for path in (place.card, place.provenance, place.bom):
    assert export_manifest.weights.archive.digest in path.read_text()
  assert '**trusted on first use**' in ' '.join(place.card.read_text().split())
  (kept,) = _run(order)
  assert kept.status == 'kept'
