"""A missing signature is told before any work."""

import pytest

from exporter import errors
from exporter import results as results_lib
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import signed
from exporter.storage import places
from tests import some_exports

_HANDLES = tuple(map(some_exports.handle, (some_exports.TF1, some_exports.TF2)))


def test_that_a_signature_is_missing_is_told(tmp_path):
  exports = some_exports.make(tmp_path / 'exports')
  order = orders_lib.Order(
    orders_lib.VERIFY, _HANDLES, exports, public_key=tmp_path / 'key'
  )
  is_signed, unsigned = _HANDLES
  places.place(exports, is_signed).signature.write_text('by somebody')
  assert signed.refuse(is_signed, order) is None
  result = signed.refuse(unsigned, order)
  assert result
  assert (result.name, result.status) == (str(unsigned), results_lib.FAILED)
  assert 'is not signed' in result.reason


@pytest.mark.parametrize('which', ['provenance', 'bom'])
def test_that_a_file_is_missing_that_is_signed_too_is_told(tmp_path, which):
  exports = some_exports.make(tmp_path / 'exports')
  order = orders_lib.Order(
    orders_lib.VERIFY, _HANDLES, exports, public_key=tmp_path / 'key'
  )
  for handle in _HANDLES:
    places.place(exports, handle).signature.write_text('by somebody')
  path = getattr(places.place(exports, _HANDLES[0]), which)
  path.unlink()
  result = signed.refuse(_HANDLES[0], order)
  assert result
  assert (result.status, result.error) == (
    results_lib.FAILED,
    errors.SignatureError,
  )
  assert f'there is no {path}, ' in result.reason
  assert signed.refuse(_HANDLES[1], order) is None


def test_an_export_that_is_missing_is_left_to_others(tmp_path):
  order = orders_lib.Order(
    orders_lib.VERIFY, _HANDLES, tmp_path, public_key=tmp_path / 'key'
  )
  assert signed.refuse(_HANDLES[0], order) is None


def test_who_asks_for_no_signature_needs_none(tmp_path):
  exports = some_exports.make(tmp_path / 'exports')
  order = orders_lib.Order(orders_lib.VERIFY, _HANDLES, exports)
  assert signed.refuse(_HANDLES[0], order) is None
