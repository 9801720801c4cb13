"""What a dry run says is what the export then does."""

from collections.abc import Callable
import dataclasses
import pathlib
import shutil

import pytest

from exporter import errors
from exporter import results as results_lib
from exporter.pipeline import batch
from exporter.pipeline import forecast
from exporter.pipeline import here
from exporter.pipeline import orders as orders_lib
from exporter.storage import places
from model_specs import formats
from tests import checkpoints_made as checkpoints
from tests import some_spec_file
from tests import tiny_network

_MODEL = tiny_network.MODEL
_HANDLES = _MODEL.handles((5,))
# What an export calls what was foretold.
_DONE = {
  results_lib.NEW: results_lib.EXPORTED,
  results_lib.REPLACED: results_lib.EXPORTED,
  results_lib.THERE: results_lib.KEPT,
  results_lib.FAILED: results_lib.FAILED,
  results_lib.REFUSED: results_lib.REFUSED,
}


def _save(folder: pathlib.Path, factor: float) -> pathlib.Path:
  tensors = {k: v * factor for k, v in tiny_network.tensors().items()}
  return checkpoints.write(folder / 'tiny_1.0_32' / 'tiny_1.0_32.ckpt', tensors)


def _work(order: orders_lib.Order) -> list[results_lib.Result]:
  """What a run does, in the order of its handles."""
  with tiny_network.registered():
    done = list(batch.run_orders([order], here.InProcess()))
  names = list(map(str, order.handles))
  return sorted(done, key=lambda result: names.index(result.name))


def _foretell(order: orders_lib.Order, **how: bool) -> list[results_lib.Result]:
  return list(forecast.foretell([order], **{'fetches': False, **how}))


@pytest.fixture(name='order')
def _order(tmp_path, monkeypatch) -> orders_lib.Order:
  """An order whose exports, of trained weights, are in place."""
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  _save(tmp_path / 'checkpoints', 1.0)
  order = orders_lib.Order(
    orders_lib.EXPORT,
    _HANDLES,
    tmp_path / 'out',
    checkpoint_dir=tmp_path / 'checkpoints',
  )
  assert {r.status for r in _work(order)} == {results_lib.EXPORTED}
  return order


def _synthetic(order: orders_lib.Order) -> orders_lib.Order:
  return dataclasses.replace(order, checkpoint_dir=None, weights='synthetic')


def _without_artifact(order: orders_lib.Order) -> orders_lib.Order:
  shutil.rmtree(f'{order.output_dir}/{_HANDLES[0]}')
  return order


def _without_manifest(order: orders_lib.Order) -> orders_lib.Order:
  places.place(order.output_dir, _HANDLES[0]).manifest.unlink()
  return order


def _with_torn_manifest(order: orders_lib.Order) -> orders_lib.Order:
  places.place(order.output_dir, _HANDLES[0]).manifest.write_text('{')
  return order


def _without_card(order: orders_lib.Order) -> orders_lib.Order:
  places.place(order.output_dir, _HANDLES[0]).card.unlink()
  return order


def _without_checkpoint(order: orders_lib.Order) -> orders_lib.Order:
  nowhere = pathlib.Path('no', 'where')
  return dataclasses.replace(order, checkpoint_dir=nowhere)


def _elsewhere(order: orders_lib.Order) -> orders_lib.Order:
  return dataclasses.replace(order, output_dir=order.output_dir / 'new')


_CASES: dict[str, tuple[Callable[..., orders_lib.Order], str]] = {
  'as it was': (lambda order: order, results_lib.THERE),
  'elsewhere': (_elsewhere, results_lib.NEW),
  'forced': (
    lambda order: dataclasses.replace(order, force=True),
    results_lib.REPLACED,
  ),
  'forced over what is torn': (
    lambda order: dataclasses.replace(_with_torn_manifest(order), force=True),
    results_lib.REPLACED,
  ),
  'no artifact': (_without_artifact, results_lib.REPLACED),
  'no card': (_without_card, results_lib.REPLACED),
  'no manifest': (_without_manifest, results_lib.NEW),
  'a torn manifest': (_with_torn_manifest, results_lib.FAILED),
  'untrained over trained': (_synthetic, results_lib.FAILED),
  'no checkpoint': (_without_checkpoint, results_lib.FAILED),
  'unpacked where a checksum is asked for': (
    lambda order: dataclasses.replace(order, require_checksums=True),
    results_lib.FAILED,
  ),
}


@pytest.mark.parametrize('case', _CASES)
def test_what_is_foretold_is_done(case, order):
  change, expected = _CASES[case]
  changed = change(order)
  foretold = _foretell(changed)
  done = _work(changed)
  assert foretold[0].status == expected
  for said, result in zip(foretold, done, strict=True):
    assert (said.name, _DONE[said.status]) == (result.name, result.status)
    if said.status == results_lib.FAILED:
      assert said.reason == result.reason
    if said.status == results_lib.REPLACED and not changed.force:
      assert result.reason == f'replaced: {said.reason}'


def test_other_weights_are_seen_once_they_were_read(order, tmp_path):
  _save(order.checkpoint_dir, 2.0)
  said = {(r.status, r.reason) for r in _foretell(order)}
  assert said == {
    (
      results_lib.THERE,
      'if its weights are the same, which only reading them tells',
    )
  }
  _work(dataclasses.replace(order, output_dir=tmp_path / 'other'))
  reason = f'the weights of {_MODEL.checkpoint} are others'
  said = {(r.status, r.reason) for r in _foretell(order)}
  assert said == {(results_lib.REPLACED, reason)}


def test_what_is_fetched_need_not_be_there(order):
  foretold = _foretell(_without_checkpoint(_elsewhere(order)), fetches=True)
  assert {r.status for r in foretold} == {results_lib.NEW}


def test_a_stranger_in_the_place_is_told_of(order):
  said, _ = _foretell(_without_manifest(order))
  assert 'has no manifest' in said.reason


def test_what_is_refused_says_what_it_needs(tmp_path):
  handles = tuple(formats.select(_HANDLES[:1], ['litert.int8']))
  order = orders_lib.Order(
    orders_lib.EXPORT, handles, tmp_path, weights='synthetic'
  )
  (said,) = _foretell(order)
  assert (said.status, said.reason) == (
    results_lib.REFUSED,
    _work(order)[0].reason,
  )


def test_an_own_checkpoint_that_is_missing_fails(tmp_path):
  model = some_spec_file.model()
  order = orders_lib.Order(
    orders_lib.EXPORT,
    model.handles((1, 3)),
    tmp_path / 'out',
    checkpoint_dir=tmp_path,
  )
  foretold = _foretell(order, fetches=True)
  assert {r.status for r in foretold} == {results_lib.FAILED}
  assert 'names no checkpoint' in foretold[0].reason


def test_a_folder_that_cannot_be_is_an_error_of_all(order):
  file = order.output_dir / 'file'
  file.touch()
  with pytest.raises(errors.ExportError, match='it is no folder'):
    _foretell(dataclasses.replace(order, output_dir=file))
  assert not _elsewhere(order).output_dir.exists()
