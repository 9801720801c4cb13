"""Test vectors are proven as the artifact is that they are part of."""

import numpy as np
import pytest

from exporter import errors
from exporter.artifacts import vectors as vectors_lib
from exporter.proof import vectors
from tests import artifacts_made as artifacts

_NAME = f'{artifacts.TINY}/classification/5'
_HANDLE = artifacts.handle(_NAME)


def _expected() -> vectors_lib.Vectors:
  source, _ = artifacts.sources(_HANDLE.spec)
  return vectors_lib.compute_vectors(
    source, _HANDLE.spec, artifacts.tensors(_NAME)
  )


def _write(folder, to_write: vectors_lib.Vectors) -> None:
  (folder / 'assets.extra').mkdir()
  vectors_lib.write_vectors(to_write, _HANDLE, folder)


def test_the_right_ones_are_a_check(tmp_path):
  _write(tmp_path, _expected())
  check = vectors.prove_vectors(_HANDLE, tmp_path, _expected())
  assert check is not None
  assert (check.name, check.compared) == ('test vectors', 2)
  assert check.difference <= check.tolerance


def test_an_artifact_without_them_has_no_check(tmp_path):
  assert vectors.prove_vectors(_HANDLE, tmp_path, _expected()) is None


def test_another_number_or_picture_is_named(tmp_path):
  expected = _expected()
  logits = expected.outputs['logits'].copy()
  logits[1, 3] += 0.01 * np.std(logits)
  wrong = vectors_lib.Vectors(
    expected.pictures ^ 1, {**expected.outputs, 'logits': logits}
  )
  _write(tmp_path, wrong)
  with pytest.raises(errors.ProofError) as raised:
    vectors.prove_vectors(_HANDLE, tmp_path, expected)
  assert 'logits differs by 0.01' in str(raised.value)
  assert 'pictures are others' in str(raised.value)
  assert 'feature_vector' not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
  _write(tmp_path, _expected())
  (tmp_path / vectors_lib.VECTORS).write_bytes(b'torn')
  with pytest.raises(errors.ProofError, match=r'test_vectors\.npz cannot be'):
    vectors.prove_vectors(_HANDLE, tmp_path, _expected())
