"""The engine of this process carries out one order after the other."""

import contextlib
import multiprocessing
import subprocess

import tensorflow as tf

from exporter import storage
from exporter.pipeline import here
from exporter.pipeline import orders
from tests import file_tree
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3, 5))


def test_orders_are_carried_out_by_this_very_process(tmp_path, monkeypatch):
  template = orders.Order(orders.EXPORT, (), tmp_path, weights='synthetic')
  both_orders = [*orders.make_orders(_HANDLES[:1], template)]
  both_orders += orders.make_orders(_HANDLES[1:], template)
  monkeypatch.setattr(multiprocessing.process.BaseProcess, 'start', None)
  monkeypatch.setattr(subprocess, 'Popen', None)
  with tiny_network.registered(), storage.hold(tmp_path):
    results = here.InProcess().results(both_orders, tmp_path)
    first = next(results)
    assert (first.name, first.status) == (str(_HANDLES[0]), 'exported')
    assert (tmp_path / str(_HANDLES[0])).exists()
    assert not (tmp_path / str(_HANDLES[1])).exists()
    assert [result.status for result in results] == ['exported'] * 3


def test_nothing_is_exported_where_nobody_holds_the_folder(tmp_path):
  order = orders.Order(
    orders.EXPORT, _HANDLES[:1], tmp_path, weights='synthetic'
  )
  (result,) = here.InProcess().results([order], tmp_path)
  assert result.status == 'failed'


def test_a_graph_around_it_changes_nothing(tmp_path):
  """Code of TF-Slim's days may call it while a graph is the default."""
  graph, trees = tf.Graph(), []
  for name, within in (
    ('one', contextlib.nullcontext()),
    ('other', graph.as_default()),
  ):
    folder = tmp_path / name
    folder.mkdir()
    template = orders.Order(orders.EXPORT, (), folder, weights='synthetic')
    with tiny_network.registered(), storage.hold(folder), within:
      export_orders = orders.make_orders(_HANDLES, template)
      results = list(here.InProcess().results(export_orders, folder))
    assert {result.status for result in results} == {'exported'}
    trees.append(file_tree.read(folder))
  assert trees[0] == trees[1]
  assert not graph.get_operations()
