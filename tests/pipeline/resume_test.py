"""What an export does where one is: keep it, or make it again and say why."""

import dataclasses
import pathlib
import shutil

import pytest

import exporter
from exporter import environment
from exporter import results
from exporter.pipeline import batch
from exporter.pipeline import forecast
from exporter.pipeline import here
from exporter.pipeline import orders
from exporter.storage import places
from model_specs import formats
from model_specs import kinds
from tests import checkpoints_made as checkpoints
from tests import file_tree
from tests import some_manifest
from tests import tiny_network

_HANDLE = tiny_network.MODEL.handles((3, 5))[0]


def _run_all(order: orders.Order) -> list[results.Result]:
  with tiny_network.registered():
    return list(batch.run_orders([order], here.InProcess()))


def _run(order: orders.Order) -> results.Result:
  (result,) = _run_all(order)
  return result


@pytest.fixture(name='order')
def _order(tmp_path) -> orders.Order:
  """An order whose export is in place."""
  order = orders.Order(
    orders.EXPORT, (_HANDLE,), tmp_path / 'out', weights='synthetic'
  )
  assert _run(order).status == 'exported'
  return order


@pytest.fixture(name='checkpoint_dir')
def _checkpoint_dir(tmp_path) -> pathlib.Path:
  return _save(tmp_path / 'checkpoints', tiny_network.tensors())


@pytest.fixture(name='place')
def _place(order) -> places.Place:
  return places.place(order.output_dir, _HANDLE)


def _save(folder, tensors):
  checkpoints.write(folder / 'tiny_1.0_32' / 'tiny_1.0_32.ckpt', tensors)
  return folder


def _replaced(order: orders.Order) -> str:
  """Why the export of an order was made again."""
  result = _run(order)
  assert result.status == 'exported'
  assert result.reason.startswith('replaced: ')
  assert _run(order).status == 'kept'
  return result.reason.removeprefix('replaced: ')


def test_other_weights_are_exported_again(order, checkpoint_dir):
  order = dataclasses.replace(
    order, checkpoint_dir=checkpoint_dir, weights='auto'
  )
  assert _replaced(order) == 'its weights were synthetic, not raw'
  shutil.rmtree(checkpoint_dir)
  tensors = tiny_network.tensors()
  _save(checkpoint_dir, {key: value * 2 for key, value in tensors.items()})
  checkpoint = tiny_network.MODEL.checkpoint
  assert _replaced(order) == f'the weights of {checkpoint} are others'


def test_what_stays_of_the_old_weights_is_named(order, checkpoint_dir):
  handle = tiny_network.MODEL.handles((5,))[0]
  order = dataclasses.replace(order, handles=(handle,))
  assert _run(order).status == 'exported'
  file = formats.convert(handle, kinds.get('litert.float16'))
  place = places.place(order.output_dir, file)
  place.artifact.parent.mkdir(parents=True)
  place.artifact.touch()
  place.manifest.write_text(some_manifest.make(file).to_json())
  order = dataclasses.replace(
    order, checkpoint_dir=checkpoint_dir, weights='auto'
  )
  reason = _run(order).reason
  assert 'files beside it are of other weights' in reason
  assert 'export them, too: --formats=litert.float16' in reason
  # It is said of the file, too, if the SavedModel is what stays.
  beside = places.place(order.output_dir, handle).manifest
  was = some_manifest.read(beside)
  weights = dataclasses.replace(was.weights, sha256='ef' * 32)
  beside.write_text(dataclasses.replace(was, weights=weights).to_json())
  only_file = dataclasses.replace(order, handles=(file,), force=True)
  reason = _run(only_file).reason
  assert 'the SavedModel beside it is of other weights' in reason
  assert 'export it, too: --formats=tf2' in reason
  place.manifest.write_text('damaged')
  forced = _run(dataclasses.replace(order, force=True))
  assert forced.status == 'exported'
  assert 'beside it' not in forced.reason


@pytest.mark.parametrize('keeps_length', [False, True])
def test_what_a_power_cut_emptied_is_made_again(order, keeps_length):
  before = file_tree.read(order.output_dir)
  for path in order.output_dir.rglob('*'):
    if path.is_file():
      path.write_bytes(bytes(path.stat().st_size if keeps_length else 0))
  assert _run(order).status == 'exported'
  assert file_tree.read(order.output_dir) == before
  assert _run(order).status == 'kept'


def test_untrained_weights_replace_trained_ones_by_force_alone(
  order, checkpoint_dir
):
  _run(
    dataclasses.replace(order, checkpoint_dir=checkpoint_dir, weights='auto')
  )
  before = file_tree.read(order.output_dir)
  result = _run(order)
  assert result.status == 'failed'
  assert '--force replaces trained weights by untrained ones' in result.reason
  assert file_tree.read(order.output_dir) == before
  assert _run(dataclasses.replace(order, force=True)).status == 'exported'


def test_no_untrained_file_comes_to_lie_beside_a_trained_model(
  order, checkpoint_dir
):
  saved_model = tiny_network.MODEL.handles((5,))[0]
  file = formats.convert(saved_model, kinds.get('onnx.model'))
  pair = dataclasses.replace(order, handles=(saved_model, file))
  assert {each.status for each in _run_all(pair)} == {'exported'}
  trained = dataclasses.replace(
    order,
    handles=(saved_model,),
    checkpoint_dir=checkpoint_dir,
    weights='auto',
  )
  assert _run(trained).status == 'exported'
  before = file_tree.read(order.output_dir)
  untrained = dataclasses.replace(order, handles=(file,))
  result = _run(untrained)
  assert result.status == 'failed'
  assert f'{file} would be untrained, and {saved_model} beside' in result.reason
  assert file_tree.read(order.output_dir) == before
  (foretold,) = forecast.foretell([untrained], fetches=False)
  assert (foretold.status, foretold.reason) == (result.status, result.reason)
  assert _run(dataclasses.replace(untrained, force=True)).status == 'failed'
  both = dataclasses.replace(pair, force=True)
  alone = dataclasses.replace(untrained, output_dir=order.output_dir / 'other')
  assert _run(alone).status == 'exported'
  assert {each.status for each in _run_all(both)} == {'exported'}


def test_a_changed_spec_is_exported_again(order):
  other = dataclasses.replace(_HANDLE.spec, license='MIT')
  handles = (dataclasses.replace(_HANDLE, spec=other),)
  order = dataclasses.replace(order, handles=handles)
  assert _replaced(order) == 'its spec changed'


def test_another_version_of_slimhub_exports_again(order, monkeypatch):
  old = exporter.__version__
  monkeypatch.setattr(exporter, '__version__', '99.0')
  fresh = environment._libraries.__wrapped__  # Known once a process.
  monkeypatch.setattr(environment, '_libraries', fresh)
  assert _replaced(order) == f'slimhub was {old}, is 99.0'


def test_a_missing_card_is_made_again(order, place):
  before = file_tree.read(order.output_dir)
  place.card.unlink()
  assert _replaced(order) == 'its card is missing'
  assert file_tree.read(order.output_dir) == before


def test_damaged_files_are_replaced_and_named(order, place):
  before = file_tree.read(order.output_dir)
  model = place.artifact / 'saved_model.pb'
  model.write_bytes(model.read_bytes()[:-1])
  (place.artifact / 'stray').touch()
  assert _replaced(order) == 'its files changed: saved_model.pb, stray'
  assert file_tree.read(order.output_dir) == before


def test_a_lost_artifact_is_made_again(order, place):
  before = file_tree.read(order.output_dir)
  shutil.rmtree(place.artifact)
  assert 'its files changed: ' in _replaced(order)
  assert file_tree.read(order.output_dir) == before


def test_a_manifest_that_is_none_is_an_error_until_force(order, place):
  place.manifest.write_text('{}')
  result = _run(order)
  assert result.status == 'failed'
  assert 'is not a manifest of slimhub' in result.reason
  assert _run(dataclasses.replace(order, force=True)).status == 'exported'
