"""Who asks for a fresh proof gets one, whatever is remembered."""

import pytest

from exporter import errors
from exporter import networks
from exporter.networks import building
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import verify
from exporter.proof import proving
import model_specs
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((5,))[:1]
_PUBLISHED = model_specs.get_model('mobilenet_v1_025_128').handles((5,))[:1]
_ACTIONS = [orders_lib.EXPORT, orders_lib.VERIFY]


def _reason(action, folder, prove, handles=_HANDLES) -> str:
  is_export = action == orders_lib.EXPORT
  order = orders_lib.Order(
    action,
    handles,
    folder,
    weights='synthetic' if is_export else 'auto',
    force=is_export,
    prove=prove,
  )
  with tiny_network.registered():
    (result,) = (export if is_export else verify).run(order)
  return result.reason if result.status == 'failed' else ''


def _refuse(reason):
  def refuse(*_):
    raise errors.ProofError(reason)

  return refuse


@pytest.mark.parametrize('action', _ACTIONS)
def test_only_a_fresh_proof_asks_again(action, tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  out = tmp_path / 'out'
  assert not _reason(orders_lib.EXPORT, out, orders_lib.KNOWN)

  monkeypatch.setattr(proving, '_meet', _refuse('it was asked again'))
  assert not _reason(action, out, orders_lib.KNOWN)
  assert 'it was asked again' in _reason(action, out, orders_lib.FRESH)


@pytest.mark.parametrize('action', _ACTIONS)
def test_only_a_fresh_proof_builds_again(action, tmp_path, monkeypatch):
  networks.build.cache_clear()
  assert not _reason(orders_lib.EXPORT, tmp_path, orders_lib.KNOWN, _PUBLISHED)
  monkeypatch.setattr(building, 'build', _refuse('it was built again'))
  networks.build.cache_clear()
  assert not _reason(action, tmp_path, orders_lib.KNOWN, _PUBLISHED)
  assert 'it was built again' in _reason(
    action, tmp_path, orders_lib.FRESH, _PUBLISHED
  )
