"""What is in place is not kept if its checksum is asked for and unknown."""

import dataclasses

from exporter import results as results_lib
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import settled
from tests import checkpoints_made as checkpoints
from tests import tiny_network

_MODEL = tiny_network.MODEL


def _statuses(order):
  with tiny_network.registered():
    return {result.status for result in export.run(order)}


def _left(order):
  running = settled.settle([order], 1)
  while True:
    try:
      next(running)
    except StopIteration as stop:
      return stop.value


def test_a_checkpoint_without_checksum_is_left_to_a_worker(
  tmp_path, monkeypatch
):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path / 'home'))
  folder = tmp_path / 'checkpoints'
  checkpoints.write(folder / _MODEL.checkpoint, tiny_network.tensors())
  order = orders_lib.Order(
    orders_lib.EXPORT,
    _MODEL.handles((5,)),
    tmp_path / 'out',
    checkpoint_dir=folder,
  )
  assert _statuses(order) == {results_lib.EXPORTED}
  assert _left(order) == []
  strict = dataclasses.replace(order, require_checksums=True)
  assert _left(strict) == [strict]
  assert _statuses(strict) == {results_lib.FAILED}
