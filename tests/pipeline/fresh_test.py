"""Who asks for a fresh proof gets one, whatever is remembered."""

import pytest

from exporter import errors
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import verify
from exporter.proof import proving
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((5,))[:1]


def _reason(action, folder, prove) -> str:
  is_export = action == orders_lib.EXPORT
  order = orders_lib.Order(
    action,
    _HANDLES,
    folder,
    weights='synthetic' if is_export else 'auto',
    force=is_export,
    prove=prove,
  )
  with tiny_network.registered():
    (result,) = (export if is_export else verify).run(order)
  return result.reason if result.status == 'failed' else ''


@pytest.mark.parametrize('action', [orders_lib.EXPORT, orders_lib.VERIFY])
def test_only_a_fresh_proof_asks_again(action, tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  out = tmp_path / 'out'
  assert not _reason(orders_lib.EXPORT, out, orders_lib.KNOWN)

  def refuse(*_):
    raise errors.ProofError('it was asked again')

  monkeypatch.setattr(proving, '_meet', refuse)
  assert not _reason(action, out, orders_lib.KNOWN)
  assert 'it was asked again' in _reason(action, out, orders_lib.FRESH)
