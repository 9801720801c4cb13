"""What is in place is kept without TensorFlow, and the rest is left to do."""

from collections.abc import Callable
import dataclasses
import os
import pathlib
import shutil
import tarfile

import pytest
import upath

from exporter import checkpoints as checkpoints_lib
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from exporter.storage import places
from model_specs import formats
from tests import checkpoints_made as checkpoints
from tests import tiny_network

_MODEL = tiny_network.MODEL
_HANDLES = _MODEL.handles((3, 5))
_FOLDER = 'tiny_1.0_32'
_SYNTHETIC, _UNPACKED, _ARCHIVED = 'synthetic', 'unpacked', 'archived'


def _save(folder: pathlib.Path, factor: float = 1.0) -> pathlib.Path:
  tensors = {k: v * factor for k, v in tiny_network.tensors().items()}
  return checkpoints.write(folder / _FOLDER / 'tiny_1.0_32.ckpt', tensors)


def _pack(folder: pathlib.Path) -> None:
  """Makes an archive of the checkpoint, without compression."""
  with tarfile.open(folder / _MODEL.archive_name, 'w') as tar:
    tar.add(folder / _FOLDER, _FOLDER)
  shutil.rmtree(folder / _FOLDER)


def _export(kind: str, root: pathlib.Path) -> orders_lib.Order:
  """Exports from weights of some kind, and gives the order for that."""
  order = orders_lib.Order(
    orders_lib.EXPORT, _HANDLES, root / 'out', weights='synthetic'
  )
  if kind != _SYNTHETIC:
    folder = root / 'checkpoints'
    _save(folder)
    if kind == _ARCHIVED:
      _pack(folder)
    order = dataclasses.replace(order, checkpoint_dir=folder, weights='auto')
  assert {r.status for r in _work(order)} == {results_lib.EXPORTED}
  return order


@pytest.fixture(autouse=True)
def _home(tmp_path, monkeypatch) -> None:
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))


@pytest.fixture(name='order', params=[_SYNTHETIC, _UNPACKED, _ARCHIVED])
def _order(request, tmp_path) -> orders_lib.Order:
  return _export(request.param, tmp_path)


@pytest.fixture(name='trained')
def _trained(tmp_path) -> orders_lib.Order:
  return _export(_UNPACKED, tmp_path)


def _work(order: orders_lib.Order) -> list[results_lib.Result]:
  """The results of an order that a worker carries out."""
  with tiny_network.registered():
    return list(export.run(order))


def _settle(
  *orders: orders_lib.Order, jobs: int = 2
) -> tuple[list[results_lib.Result], list[orders_lib.Order]]:
  """The results that need no worker, and the orders left for workers."""
  results = []
  running = settled.settle(orders, jobs)
  while True:
    try:
      results.append(next(running))
    except StopIteration as stop:
      return results, stop.value


def _same(result: results_lib.Result) -> results_lib.Result:
  return dataclasses.replace(result, seconds=0)


def _assert_left(order: orders_lib.Order, *handles) -> list[str]:
  """Only these are left for a worker; gives the reasons in its results."""
  results, left = _settle(order)
  assert left == [dataclasses.replace(order, handles=handles)]
  assert [r.name for r in results] == [
    str(handle) for handle in order.handles if handle not in handles
  ]
  assert {r.status for r in results} <= {results_lib.KEPT}
  return [result.reason for result in _work(left[0])]


def test_what_is_in_place_is_kept_as_a_worker_would_keep_it(order):
  results, left = _settle(order)
  assert left == []
  assert [_same(r) for r in results] == [_same(r) for r in _work(order)]
  assert {r.status for r in results} == {results_lib.KEPT}


def test_many_orders_keep_their_order(order):
  orders = [dataclasses.replace(order, handles=(h,)) for h in _HANDLES] * 10
  results, left = _settle(*orders, jobs=4)
  assert left == []
  assert [r.name for r in results] == [str(h) for h in _HANDLES] * 10


def test_an_export_in_a_storage_is_kept_too(tmp_path):
  order = _export(_SYNTHETIC, tmp_path)
  bucket = upath.UPath('memory://settled')
  bucket.fs.put(str(tmp_path / 'out/google'), '/settled/', recursive=True)
  in_storage = dataclasses.replace(order, output_dir=bucket)
  results, left = _settle(in_storage)
  assert (len(results), left) == (4, [])
  (bucket / str(_HANDLES[0]) / 'saved_model.pb').write_bytes(b'')
  reasons = _assert_left(in_storage, _HANDLES[0])
  assert reasons == ['replaced: its files changed: saved_model.pb']


def _flip(path: pathlib.Path) -> None:
  """Changes a byte; size, inode and time of the file stay as they are."""
  before, data = path.stat(), bytearray(path.read_bytes())
  data[len(data) // 2] ^= 1
  with path.open('r+b') as file:
    file.write(data)
  os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _edit(path: pathlib.Path, old: str, new: str) -> None:
  text = path.read_text()
  assert old in text
  path.write_text(text.replace(old, new))


_CHANGES: dict[str, Callable[[places.Place], object]] = {
  'its files changed: saved_model.pb': (
    lambda place: _flip(place.artifact / 'saved_model.pb')
  ),
  'its files changed: stray': lambda place: (place.artifact / 'stray').touch(),
  'its card is missing': lambda place: place.card.unlink(),
  'its provenance is missing: 3.intoto.jsonl': (
    lambda place: place.provenance.unlink()
  ),
  'its provenance is missing: 3.cdx.json': lambda place: place.bom.unlink(),
  'its spec changed': lambda place: _edit(
    place.manifest, _HANDLES[0].fingerprint, 'f' * 64
  ),
  'slimhub was 0.0, is 0.1.0': lambda place: _edit(
    place.manifest, '"slimhub": "0.1.0"', '"slimhub": "0.0"'
  ),
  f'the weights of {_MODEL.checkpoint} are others': lambda place: _edit(
    place.manifest,
    storage.parse_manifest(place.manifest.read_text(), '').weights.sha256,
    'f' * 64,
  ),
  'its weights were ema, not raw': lambda place: _edit(
    place.manifest, '"kind": "raw"', '"kind": "ema"'
  ),
}


@pytest.mark.parametrize('says', _CHANGES)
def test_what_changed_is_left_and_the_rest_is_kept(trained, says):
  _CHANGES[says](places.place(trained.output_dir, _HANDLES[0]))
  assert _assert_left(trained, _HANDLES[0]) == [f'replaced: {says}']
  assert _settle(trained)[1] == []


def test_what_is_missing_is_left(trained):
  places.place(trained.output_dir, _HANDLES[1]).manifest.unlink()
  _assert_left(trained, _HANDLES[1])


def test_other_weights_in_the_same_files_are_seen(trained):
  """Although size, name and time are as they were."""
  (data,) = trained.checkpoint_dir.rglob('*.data-*')
  before = data.stat()
  prefix = _save(trained.checkpoint_dir.parent / 'others', 2.0)
  for path in prefix.parent.iterdir():
    shutil.copyfile(path, trained.checkpoint_dir / _FOLDER / path.name)
  os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
  after = data.stat()
  assert (after.st_size, after.st_ino) == (before.st_size, before.st_ino)
  assert after.st_mtime_ns == before.st_mtime_ns
  says = f'replaced: the weights of {_MODEL.checkpoint} are others'
  assert _assert_left(trained, *_HANDLES) == [says] * 4
  assert _settle(trained)[1] == []


@pytest.mark.parametrize('order', [_UNPACKED, _ARCHIVED], indirect=True)
def test_a_damaged_checkpoint_is_an_error_of_each_handle(order):
  for path in order.checkpoint_dir.rglob('*'):
    if path.is_file():
      path.write_bytes(b'')
  reasons = _assert_left(order, *_HANDLES)
  assert all('damaged' in reason for reason in reasons)


def test_no_memo_is_written_of_files_that_change_meanwhile(
  trained, monkeypatch
):
  shutil.rmtree(os.environ['SLIMHUB_HOME'])
  read = checkpoints_lib.read_checkpoint

  def read_and_change(*args, **kwargs):
    checkpoint = read(*args, **kwargs)
    (data,) = trained.checkpoint_dir.rglob('*.data-*')
    _flip(data)
    return checkpoint

  monkeypatch.setattr(checkpoints_lib, 'read_checkpoint', read_and_change)
  assert {r.status for r in _work(trained)} == {results_lib.KEPT}
  assert not pathlib.Path(os.environ['SLIMHUB_HOME']).exists()


def test_without_a_memo_a_worker_looks_and_writes_one(order):
  shutil.rmtree(os.environ['SLIMHUB_HOME'])
  reasons = _assert_left(order, *_HANDLES)
  assert reasons == ['unchanged'] * 4
  assert _settle(order)[1] == []


def test_what_is_forced_is_left(order):
  forced = dataclasses.replace(order, force=True)
  assert _settle(forced) == ([], [forced])


def test_exports_of_trained_weights_stay_an_error_for_synthetic_ones(trained):
  order = dataclasses.replace(trained, checkpoint_dir=None, weights='synthetic')
  assert 'replaces trained weights' in _assert_left(order, *_HANDLES)[0]


def test_what_needs_pictures_is_refused_at_once(tmp_path):
  handles = formats.select(_MODEL.handles((5,))[:1], ['litert.int8'])
  order = orders_lib.Order(
    orders_lib.EXPORT, tuple(handles), tmp_path, weights='synthetic'
  )
  results, left = _settle(order)
  assert left == []
  assert [_same(r) for r in results] == [_same(r) for r in _work(order)]
  assert [r.status for r in results] == [results_lib.REFUSED]


def test_a_classifier_that_the_checkpoint_lacks_is_an_error(
  trained, monkeypatch
):
  read = storage.read_memo

  def without_classifier(*args):
    memo = read(*args)
    assert memo
    return dataclasses.replace(memo, has_classifier=False)

  monkeypatch.setattr(storage, 'read_memo', without_classifier)
  _assert_left(trained, *(h for h in _HANDLES if h.task == 'classification'))


@pytest.mark.parametrize('error', [OSError, RuntimeError])
def test_a_failure_here_is_left_to_the_worker(trained, monkeypatch, error):
  def fail(folder, stem):
    if stem == _HANDLES[2].stem:
      raise error('as no one foresaw')
    return read(folder, stem)

  read = storage.read_manifest
  with monkeypatch.context() as patched:
    patched.setattr(storage, 'read_manifest', fail)
    results, (left,) = _settle(trained)
  assert (len(results), left.handles) == (3, (_HANDLES[2],))


def test_what_is_verified_is_left(order):
  again = dataclasses.replace(order, action=orders_lib.VERIFY)
  assert _settle(again) == ([], [again])
  assert _settle() == ([], [])


def test_what_is_not_signed_is_told_and_not_left(trained):
  again = dataclasses.replace(
    trained, action=orders_lib.VERIFY, public_key=trained.output_dir
  )
  unsigned, *others = _HANDLES
  for handle in others:
    places.place(trained.output_dir, handle).signature.write_text('by somebody')
  (result,), (left,) = _settle(again)
  assert (result.name, result.status) == (str(unsigned), results_lib.FAILED)
  assert left.handles == (*others,)
