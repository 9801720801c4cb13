"""Real workers: the same bytes however many, and one that dies."""

from collections.abc import Sequence
import json
import pathlib
import subprocess
import sys

import pytest

from exporter import errors
from exporter.pipeline import batch
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes
from exporter.storage import folder as folder_lib
import model_specs
from tests import file_tree
from tests import lenets

_PATTERNS = ('first/feature_vector', 'second/feature_vector/1')
_FIRST = tuple(h for h in lenets.handles('first') if h.task == 'feature_vector')
_HANDLES = (
  *_FIRST,
  *(h for h in lenets.handles('second') if str(h).endswith(_PATTERNS[1])),
)


def _orders(
  folder: pathlib.Path, handles: Sequence[model_specs.Handle] = _HANDLES
) -> tuple[orders_lib.Order, ...]:
  template = orders_lib.Order(
    orders_lib.EXPORT, (), folder, weights='synthetic'
  )
  return orders_lib.make_orders(handles, template)


@pytest.fixture(scope='module', name='exported')
def _exported(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('exported')
  results = list(batch.run_orders(_orders(folder), processes.Processes(2)))
  assert [r.status for r in results] == ['exported'] * 3
  return folder


def test_one_worker_in_another_order_gives_the_same_bytes(exported, tmp_path):
  orders = reversed(_orders(tmp_path))
  results = list(batch.run_orders(tuple(orders), processes.Processes(1)))
  assert [r.status for r in results] == ['exported'] * 3
  assert file_tree.read(tmp_path) == file_tree.read(exported)


def test_nothing_is_left_beside_the_exports(exported):
  assert [path.name for path in exported.iterdir()] == ['acme']


def test_workers_verify_too(exported):
  handles = folder_lib.find_artifacts(exported).usable
  template = orders_lib.Order(orders_lib.VERIFY, (), exported)
  before = file_tree.read(exported)
  results = list(
    batch.run_orders(
      orders_lib.make_orders(handles, template), processes.Processes(2)
    )
  )
  assert [r.status for r in results] == ['verified'] * 3
  assert file_tree.read(exported) == before


def test_a_second_batch_in_the_same_folder_is_refused(tmp_path):
  orders = _orders(tmp_path, _FIRST)
  running = batch.run_orders(orders, processes.Processes(1))
  next(running)
  with pytest.raises(errors.ExportError, match='another slimhub works in'):
    next(batch.run_orders(orders, processes.Processes(1)))
  assert [r.status for r in running] == ['exported']


def test_a_killed_run_is_finished_by_the_next(
  exported, tmp_path, tmp_path_factory
):
  spec = lenets.write(tmp_path_factory.mktemp('spec'), 'first', 'second')
  command = [sys.executable, '-m', 'exporter', 'export', *_PATTERNS]
  command += [f'--output_dir={tmp_path}', '--synthetic_weights', '--jobs=1']
  command += [f'--spec_file={spec}']
  process = subprocess.Popen(
    [*command, '--progress=json'], stdout=subprocess.PIPE, text=True
  )
  assert process.stdout is not None
  assert json.loads(process.stdout.readline())['event'] == 'started'
  assert json.loads(process.stdout.readline())['status'] == 'exported'
  process.kill()
  process.communicate()
  results = list(batch.run_orders(_orders(tmp_path), processes.Processes(2)))
  assert sorted(r.status for r in results) == ['exported', 'exported', 'kept']
  assert file_tree.read(tmp_path) == file_tree.read(exported)


def test_a_folder_that_cannot_be_made_is_one_error(tmp_path):
  (tmp_path / 'file').touch()
  with pytest.raises(errors.ExportError, match='name a folder'):
    next(batch.run_orders(_orders(tmp_path / 'file' / 'out', _FIRST)))


def test_a_failed_batch_leaves_no_folder(tmp_path):
  template = orders_lib.Order(
    orders_lib.EXPORT, (), tmp_path / 'out', checkpoint_dir=tmp_path / 'none'
  )
  orders = orders_lib.make_orders(_FIRST, template)
  assert {
    r.status for r in batch.run_orders(orders, processes.Processes(1))
  } == {'failed'}
  assert not (tmp_path / 'out').exists()
