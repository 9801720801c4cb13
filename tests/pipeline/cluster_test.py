"""A real Ray cluster of three nodes: the bytes of a local run, whatever dies.

One node is lost in the middle; into a folder, and into a bucket.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import pytest

from exporter import environment
from exporter import errors
from exporter import formats
from exporter import pipeline
from exporter import results as results_lib
from exporter.pipeline import batch
from exporter.pipeline import cluster
from exporter.pipeline import here
from exporter.pipeline import orders as orders_lib
from exporter.storage import places
from tests import file_tree
from tests import lenets
from tests import object_storage
from tests import shared
from tests import source_tree
from tests import tiny_network
from tests.formats import toy
from tests.pipeline import ray_nodes

# Orders enough to keep three nodes busy while one is lost.
_NAMES = ('first', 'second', 'third', 'fourth')
_PATTERNS = tuple(f'{name}/feature_vector/1' for name in _NAMES)
_ARTIFACTS = len(_PATTERNS)


def test_no_path_of_an_order_depends_on_the_folder_of_a_process():
  here = pathlib.Path.cwd()
  order = orders_lib.Order(
    orders_lib.VERIFY,
    (),
    pathlib.Path('out'),
    public_key=pathlib.Path('key.pem'),
    client='venv/bin/python',
  )
  absolute = cluster._absolute(order)
  assert absolute.output_dir == here / 'out'
  assert absolute.public_key == here / 'key.pem'
  assert absolute.client == str(here / 'venv/bin/python')
  assert (absolute.checkpoint_dir, absolute.root_certificates) == (None, None)


def _command(output: object, *patterns: str) -> list[str]:
  spec = shared.once('lenets', lambda path: lenets.write(path, *_NAMES))
  return [
    *(sys.executable, '-m', 'exporter', 'export', *patterns),
    *(f'--spec_file={spec / "lenets.toml"}', f'--output_dir={output}'),
    *('--synthetic_weights', '--progress=json'),
  ]


def _orders(folder: pathlib.Path) -> tuple[orders_lib.Order, ...]:
  every = [lenets.handles(name) for name in _NAMES]
  handles = [h for hs in every for h in hs if str(h).endswith(_PATTERNS)]
  return orders_lib.make_orders(
    handles,
    orders_lib.Order(orders_lib.EXPORT, (), folder, weights='synthetic'),
  )


def _start(
  output: object, address: str, patterns: Sequence[str] = _PATTERNS
) -> subprocess.Popen:
  ray = ('--engine=ray', f'--ray_address={address}')
  return subprocess.Popen(
    [*_command(output, *patterns), *ray],
    cwd=source_tree.ROOT,
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  )


def _events(process: subprocess.Popen) -> list[dict]:
  out, err = process.communicate()
  assert 'Traceback' not in err
  return [json.loads(line) for line in out.splitlines()]


def _handles(events: list[dict]) -> list[str]:
  return sorted(e['handle'] for e in events if 'handle' in e)


@pytest.fixture(scope='module', name='expected')
def _expected(tmp_path_factory) -> dict[str, bytes]:
  """The files that a run on this machine alone exports."""
  folder = tmp_path_factory.mktemp('local')
  subprocess.run(_command(folder, *_PATTERNS), cwd=source_tree.ROOT, check=True)
  return file_tree.read(folder)


@pytest.fixture(scope='module', name='bucket')
def _bucket():
  with object_storage.serve() as bucket:
    yield bucket


@pytest.fixture(scope='module', name='nodes')
def _nodes(bucket) -> Iterator[ray_nodes.Cluster]:
  """Three nodes; they reach the bucket, whose settings they inherit."""
  del bucket
  # A socket's path may be no longer than 107 characters.
  with (
    tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
    ray_nodes.start(pathlib.Path(folder), others=2) as nodes,
  ):
    yield nodes


def test_a_bucket_gets_the_same_bytes(nodes, expected, bucket):
  output = bucket / 'exports'
  events = _events(_start(output, nodes.address))
  assert [e['event'] for e in events].count('proven') == _ARTIFACTS
  with places.local_copy(output) as folder:
    assert file_tree.read(folder) == expected
  again = _events(_start(output, nodes.address))
  assert [e['event'] for e in again].count('kept') == _ARTIFACTS


def test_a_cluster_that_is_not_there_is_one_error(tmp_path):
  address = f'127.0.0.1:{object_storage.free_port()}'
  process = _start(tmp_path / 'out', address)
  _, err = process.communicate()
  assert process.returncode == 1
  (line,) = err.splitlines()
  assert f'cannot reach a Ray cluster at {address}' in line
  assert not (tmp_path / 'out').exists()


def test_where_nothing_is_to_be_done_no_cluster_is_reached_for(tmp_path):
  orders = orders_lib.make_orders(
    tiny_network.MODEL.handles((5,)),
    orders_lib.Order(orders_lib.EXPORT, (), tmp_path, weights='synthetic'),
  )
  with tiny_network.registered():
    exported = list(batch.run_orders(orders, here.InProcess()))
  engine = cluster.Cluster('no.such.host:1')
  kept = list(batch.run_orders(orders, engine))
  assert [r.name for r in kept] == [r.name for r in exported]
  assert {r.status for r in kept} == {results_lib.KEPT}


def test_without_ray_it_says_what_to_install(monkeypatch, tmp_path):
  monkeypatch.setitem(sys.modules, 'ray', None)  # As if it were missing.
  with pytest.raises(errors.PackageError, match=r'slimhub\[ray\]'):
    next(cluster.Cluster().results(_orders(tmp_path), tmp_path))


def test_a_node_with_other_packages_is_named(nodes, monkeypatch, tmp_path):
  libraries = {**environment.libraries(), 'numpy': '0.1'}
  monkeypatch.setattr(environment, 'libraries', lambda: libraries)
  engine = cluster.Cluster(nodes.address)
  results = list(engine.results(_orders(tmp_path), tmp_path))
  assert [result.status for result in results] == [
    results_lib.FAILED
  ] * _ARTIFACTS
  assert "'numpy': '0.1'" in results[0].reason


def test_what_always_kills_its_process_fails(nodes, tmp_path):
  out = tmp_path / 'out'
  process = _start(out, nodes.address, ['first/*/1'])
  while process.poll() is None:
    for task in [task for node in nodes.nodes for task in node.tasks]:
      with contextlib.suppress(ProcessLookupError):
        os.kill(task, signal.SIGKILL)
    time.sleep(0.1)
  events = _events(process)
  assert process.returncode == 1
  assert [e['event'] for e in events if 'handle' in e] == ['failed'] * 2
  assert all('its process died' in e['reason'] for e in events[1:3])
  assert not out.exists()


def test_what_finds_no_memory_fails_alone(nodes, tmp_path):
  with formats.added(toy.HUNGRY):
    results = pipeline.export_models(
      ['mobilenet_v1_025_128', 'mobilenet_v1_025_160'],
      output_dir=tmp_path,
      weights='synthetic',
      formats=['tf2', 'hungry'],
      engine=pipeline.Cluster(nodes.address),
      keep_going=True,
    )
  failed = [result for result in results if result.status == results_lib.FAILED]
  assert all('.hungry/' in result.name for result in failed)
  assert all('died: MemoryError; was memory' in r.reason for r in failed)
  # The first attempt may have exported some of the others.
  done = {results_lib.EXPORTED, results_lib.KEPT}
  assert [r.status in done for r in results].count(True) == 4
  assert len(failed) == len(results) - 4 > 0


def _lose_a_node(nodes: ray_nodes.Cluster, process: subprocess.Popen) -> None:
  """Kills a node that is at work, but not the head, which knows the rest."""
  while process.poll() is None:
    for node in nodes.nodes[1:]:
      if node.tasks:
        node.kill()
        return
    time.sleep(0.1)
  raise AssertionError('the run ended before a node was at work')


def test_a_lost_node_costs_nothing(nodes, expected, tmp_path):
  process = _start(tmp_path, nodes.address)
  _lose_a_node(nodes, process)
  events = _events(process)
  assert process.returncode == 0
  assert len(_handles(events)) == len(set(_handles(events))) == _ARTIFACTS
  assert file_tree.read(tmp_path) == expected


class _Nodes:
  """What Ray says of its nodes."""

  def __init__(self, *resources: dict[str, float], alive: bool = True):
    self._listed = [{'Alive': alive, 'Resources': r} for r in resources]

  def nodes(self) -> list[dict]:
    return self._listed


@pytest.mark.parametrize(
  ('nodes', 'largest'),
  [
    (_Nodes({'CPU': 2.0, 'memory': 4e9}, {'CPU': 1.0, 'memory': 9e9}), 9e9),
    (_Nodes({'CPU': 2.0, 'memory': 4e9}, {'memory': 9e9}), 4e9),
    (_Nodes({'CPU': 2.0, 'memory': 4e9}, alive=False), 0),
    (_Nodes({'CPU': 2.0}), 0),
  ],
)
def test_no_task_asks_for_more_than_the_largest_node_gives(nodes, largest):
  assert cluster._largest_memory(nodes) == largest
