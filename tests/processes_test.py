"""The engine of one machine: a worker that dies costs one handle."""

import os
import signal

from exporter import batch
from exporter import delivery
from exporter import places
from exporter import plan
from exporter import processes
import model_specs
from tests import workers

_PATTERNS = (
  'mobilenet_v1_025_128/*/3',
  'mobilenet_v1_025_128/feature_vector',
)


def test_a_killed_worker_costs_one_handle_and_nothing_else(tmp_path):
  template = plan.Order(plan.EXPORT, (), tmp_path)
  orders = plan.orders(model_specs.find(*_PATTERNS), template)
  running = batch.run(orders, processes.Processes(1))
  assert next(running).status == 'exported'
  (pid,) = workers.pids(os.getpid())
  os.kill(pid, signal.SIGKILL)
  failed, *others = running
  assert failed.status == 'failed'
  assert 'signal 9' in failed.reason
  assert '--jobs' in failed.reason
  assert [other.status for other in others] == ['exported']
  artifact = places.place(tmp_path, model_specs.get(failed.handle)).artifact
  assert not artifact.exists()
  assert not (tmp_path / delivery.STAGING).exists()
