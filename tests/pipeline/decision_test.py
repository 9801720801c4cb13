"""What is decided of an export, by what is known of its weights."""

import dataclasses

import pytest

from exporter import errors
from exporter import results
from exporter import storage
from exporter.checkpoints import readings
from exporter.pipeline import batch
from exporter.pipeline import decision
from exporter.pipeline import here
from exporter.pipeline import orders as orders_lib
from tests import tiny_network

_HANDLE = tiny_network.MODEL.handles((5,))[0]


@dataclasses.dataclass
class _Known:
  """The reading of a checkpoint, if there was one."""

  read: readings.Reading | None

  def reading(self, *_: object) -> readings.Reading | None:
    """The reading, whatever is asked for."""
    return self.read

  def pictures(self, *_: object) -> str:
    """None."""
    return ''


@pytest.fixture(name='order')
def _order(tmp_path) -> orders_lib.Order:
  """An order whose export is in place."""
  order = orders_lib.Order(
    orders_lib.EXPORT, (_HANDLE,), tmp_path, weights='synthetic'
  )
  with tiny_network.registered():
    (result,) = batch.run_orders([order], here.InProcess())
  assert result.status == 'exported'
  return order


def _weights(order: orders_lib.Order) -> storage.Weights:
  manifest = storage.read_manifest(order.output_dir, _HANDLE.stem)
  assert manifest
  return manifest.weights


def test_the_same_weights_keep_an_export_and_others_do_not(order):
  weights = _weights(order)
  for read in (None, readings.Reading(weights, has_classifier=True)):
    decided = decision.decide(_HANDLE, order, _Known(read))
    assert isinstance(decided, results.Result)
    assert (decided.status, decided.reason) == ('kept', 'unchanged')
  others = dataclasses.replace(weights, sha256='0' * 64)
  read = readings.Reading(others, has_classifier=True)
  reasons = decision.decide(_HANDLE, order, _Known(read))
  assert reasons == [f'the weights of {weights.checkpoint} are others']


@pytest.mark.parametrize('force', [False, True])
def test_a_classifier_that_the_weights_lack_is_never_made(order, force):
  lacking = readings.Reading(_weights(order), has_classifier=False)
  forced = dataclasses.replace(order, force=force)
  with pytest.raises(errors.CheckpointError, match='has no classifier'):
    decision.decide(_HANDLE, forced, _Known(lacking))


def test_what_is_new_or_forced_replaces_nothing_for_a_reason(order, tmp_path):
  forced = dataclasses.replace(order, force=True)
  assert decision.decide(_HANDLE, forced, _Known(None)) == []
  elsewhere = dataclasses.replace(order, output_dir=tmp_path / 'new')
  assert decision.decide(_HANDLE, elsewhere, _Known(None)) == []
