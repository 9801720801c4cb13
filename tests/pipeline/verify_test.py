"""Exports are proven again from their files alone."""

import dataclasses
import pathlib
import shutil
from typing import Any
from typing import cast

import numpy as np
import pytest
import tensorflow as tf

from exporter import errors
from exporter import results as results_lib
from exporter.artifacts import variables
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.pipeline import verify
from exporter.proof import session
from exporter.storage import manifest
from exporter.storage import places
from tests import artifacts_made
from tests import hostile
from tests import some_exports
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))
_VECTORS = manifest.Check('test vectors', 2, 0.0, 1e-4)


@pytest.fixture(scope='module', name='whole')
def _whole(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('whole')
  with tiny_network.registered():
    list(
      export.run(
        orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')
      )
    )
  return folder


@pytest.fixture(name='exports')
def _exports(whole, tmp_path) -> pathlib.Path:
  return pathlib.Path(shutil.copytree(whole, tmp_path / 'exports'))


def _verify(folder: pathlib.Path) -> dict[str, results_lib.Result]:
  with tiny_network.registered():
    results = list(verify.run(orders.Order(orders.VERIFY, _HANDLES, folder)))
  return {result.name: result for result in results}


def _failed(folder: pathlib.Path, number: int) -> str:
  """The reason why the classifier of a version, and nothing else, fails."""
  results = _verify(folder)
  handle = next(h for h in _HANDLES if h.number == number)
  failed = {n: r for n, r in results.items() if r.status == results_lib.FAILED}
  assert set(failed) == {str(handle)}
  return failed[str(handle)].reason


def _of(url: str) -> manifest.Weights:
  """Weights of an archive that is said to be the published one."""
  archive = manifest.Archive(url, 1, 'sha256', 'ab' * 32, 'published')
  return manifest.Weights('x', 'ab' * 32, 'raw', archive)


def test_whole_exports_are_verified(exports):
  results = _verify(exports).values()
  assert [r.status for r in results] == ['verified'] * 4


@pytest.mark.parametrize('number', [3, 5])
def test_a_flipped_bit_is_found(exports, number):
  place = places.place(exports, _HANDLES[0 if number == 3 else 1])
  path = place.artifact / 'variables' / 'variables.data-00000-of-00001'
  data = bytearray(path.read_bytes())
  data[100] ^= 1
  path.write_bytes(data)
  assert path.name in _failed(exports, number)


def test_a_missing_and_an_extra_file_are_found(exports):
  place = places.place(exports, _HANDLES[0])
  (place.artifact / 'tfhub_module.pb').rename(place.artifact / 'other')
  reason = _failed(exports, 3)
  assert 'tfhub_module.pb: missing' in reason
  assert 'other: not in the manifest' in reason


def test_a_garbage_manifest_is_named(exports):
  place = places.place(exports, _HANDLES[0])
  place.manifest.write_text('{}')
  assert str(place.manifest) in _failed(exports, 3)


def test_other_weights_under_a_fitting_manifest_are_found(exports):
  place = places.place(exports, _HANDLES[0])
  shutil.rmtree(place.artifact / 'variables')
  tensors = tiny_network.tensors()
  tensors['Tiny/Conv2d_0/weights'] += np.float32(0.1)
  variables.write_variables(place.artifact, tensors)
  some_exports.rehash(exports, _HANDLES[0])
  assert 'holds weights of hash' in _failed(exports, 3)


@pytest.mark.parametrize(
  ('claim', 'says'),
  [
    ({'handle': str(_HANDLES[1])}, 'is the manifest of '),
    ({'format': 'saved_model_2'}, 'format: saved_model_2, expected hub'),
    ({'weights': manifest.Weights('x', 'ab' * 32, 'ema')}, 'weights: ema'),
    (
      {'proof': (manifest.Check('outputs', 1, 9.0, 1.0),)},
      'a difference of 9.0 and a tolerance of 1.0',
    ),
    ({'proof': (_VECTORS,)}, 'its manifest does not say so'),
    ({'proof': ()}, 'its proof compares nothing'),
    (
      {'proof': (manifest.Check('outputs', 1, 0.0, 1.0),)},
      'test vectors: True, expected False',
    ),
    ({'spec': '0' * 64}, f'spec: {"0" * 64}, expected'),
    ({'spec': 'none'}, "'none' is no SHA-256"),
    (
      {'weights': manifest.Weights('x', 'ab' * 32, cast(Any, 'best'))},
      "'best' is none of ema, raw, synthetic",
    ),
    ({'weights': _of('https://example.org/x')}, 'URL of the archive: https:'),
    (
      {'weights': _of(tiny_network.MODEL.archive_url)},
      'published archive: 1 bytes, sha256 abab',
    ),
    ({'pictures': 'ab' * 32}, 'pictures were measured on: True, expected'),
    (
      {'model': {'name': 'other'}},
      "keys of the spec file that are others: ['name']",
    ),
  ],
)
def test_a_false_claim_of_a_manifest_is_found(exports, claim, says):
  place = places.place(exports, _HANDLES[0])
  true_manifest = manifest.parse_manifest(place.manifest.read_bytes(), 'it')
  place.manifest.write_text(
    dataclasses.replace(true_manifest, **claim).to_json()
  )
  assert says in _failed(exports, 3)


@pytest.mark.parametrize('which', ['provenance', 'bom'])
def test_what_lies_beside_and_is_of_other_files_is_found(exports, which):
  place = places.place(exports, _HANDLES[0])
  path = getattr(place, which)
  path.write_text(path.read_text().replace('tfhub_module.pb', 'another.pb'))
  assert 'beside it: of other files, expected of its' in _failed(exports, 3)


@pytest.mark.parametrize('which', ['provenance', 'bom'])
def test_what_lies_beside_and_is_missing_is_found(exports, which):
  path = getattr(places.place(exports, _HANDLES[0]), which)
  path.unlink()
  assert f'{path.name}: missing, expected beside' in _failed(exports, 3)


def test_garbage_facts_are_found_whatever_the_manifest_says(exports):
  place = places.place(exports, _HANDLES[0])
  (place.artifact / 'assets.extra' / 'model.json').write_text('{')
  assert 'model.json' in _failed(exports, 3)
  some_exports.rehash(exports, _HANDLES[0])
  assert 'weights: synthetic, expected None' in _failed(exports, 3)


@pytest.mark.parametrize('number', [3, 5])
def test_other_test_vectors_are_found_whatever_the_manifest_says(
  exports, number
):
  handle = next(h for h in _HANDLES if h.number == number)
  place = places.place(exports, handle)
  path = place.artifact / 'assets.extra' / 'test_vectors.npz'
  with np.load(path) as file:
    arrays = dict(file)
  arrays['logits'][0, 2] += 1.0
  np.savez_compressed(path, **arrays)
  assert 'test_vectors.npz' in _failed(exports, number)
  some_exports.rehash(exports, handle)
  assert 'test vectors: logits differs by' in _failed(exports, number)
  path.unlink()
  some_exports.rehash(exports, handle)
  assert 'test vectors: False, expected True' in _failed(exports, number)


@pytest.mark.parametrize('facts', ['[]', '{"weights": []}', '[' * 10**5])
def test_facts_of_another_shape_are_a_false_claim(exports, facts):
  place = places.place(exports, _HANDLES[0])
  (place.artifact / 'assets.extra' / 'model.json').write_text(facts)
  some_exports.rehash(exports, _HANDLES[0])
  assert 'weights: synthetic, expected None' in _failed(exports, 3)


def test_what_writes_a_file_is_not_run(exports, tmp_path):
  place = places.place(exports, _HANDLES[1])
  target = tmp_path / 'target'
  with artifacts_made.edit(place.artifact) as model:
    library = model.meta_graphs[0].graph_def.library
    hostile.write_a_file(
      library.function[0].node_def, target, hostile.IN_A_FUNCTION
    )
  some_exports.rehash(exports, _HANDLES[1])
  assert "node 'evil' is 'WriteFile'" in _failed(exports, 5)
  assert not target.exists()


def test_a_full_disk_is_not_the_artifacts_fault(exports, monkeypatch):
  def full(*_: object) -> None:
    raise tf.errors.ResourceExhaustedError(
      None, None, '/x; No space left on device'
    )

  monkeypatch.setattr(session.Session, 'restore', full)
  results = _verify(exports).values()
  assert {r.error for r in results} == {errors.MachineError}
  for result in results:
    assert 'the disk is full; make room' in result.reason
    assert 'not delivered' not in result.reason


def test_a_missing_card_is_found(exports):
  places.place(exports, _HANDLES[0]).card.unlink()
  assert 'card: missing, expected there' in _failed(exports, 3)


def test_a_missing_manifest_is_found(exports):
  places.place(exports, _HANDLES[0]).manifest.unlink()
  assert 'has no manifest 3.json' in _failed(exports, 3)


def test_a_client_is_asked(exports):
  order = orders.Order(
    orders.VERIFY, _HANDLES[:1], exports, client='/bin/false'
  )
  with tiny_network.registered():
    (result,) = verify.run(order)
  assert result.status == results_lib.FAILED
  assert '/bin/false' in result.reason
