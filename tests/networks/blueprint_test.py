"""A network as bytes is the same network when it is read."""

import dataclasses

import pytest

from exporter import networks
from exporter.networks import blueprint
from exporter.networks import building
from tests import tiny_network


@pytest.fixture(name='built')
def _built():
  with tiny_network.registered() as model:
    return building.build(networks.architecture(model), is_training=True)


def test_nothing_is_lost(built):
  read = blueprint.Blueprint.unpacked(built.packed())
  for field in dataclasses.fields(built):
    assert getattr(read, field.name) == getattr(built, field.name), field.name
  assert read.content() == built.content()


def test_a_small_one_is_the_same_network(built):
  small = built.packed(blueprint.SMALLEST)
  assert len(small) < len(built.packed())
  read = blueprint.Blueprint.unpacked(small)
  assert read.content() == built.content()


@pytest.mark.parametrize('change', ['updates', 'losses', 'variables'])
def test_what_differs_in_anything_differs_in_its_content(built, change):
  fewer = dataclasses.replace(built, **{change: getattr(built, change)[1:]})
  assert fewer.content() != built.content()


def test_what_is_no_network_is_refused():
  with pytest.raises(ValueError, match='no network: '):
    blueprint.Blueprint.unpacked(b'{}')


def test_variables_are_read_and_assigned_by_their_names(built):
  nodes = {node.name: node.op for node in built.definition.node}
  for variable in built.variables:
    assert nodes[variable.handle.partition(':')[0]] == 'VarHandleOp'
    assert nodes[variable.value.partition(':')[0]] == 'ReadVariableOp'
