"""How an audit is put together."""

from exporter.audit import abilities
from exporter.audit import findings

_A = abilities.Ability


def test_operations_are_counted_with_their_first_place():
  nodes = [
    findings.Node(_A.WRITES, 'WriteFile', 'the graph', 'first'),
    findings.Node(_A.COMPUTES, 'Relu', 'the graph', 'relu'),
    findings.Node(_A.WRITES, 'WriteFile', 'the graph', 'second'),
  ]
  assert findings.collect(nodes) == (
    findings.Use(_A.COMPUTES, 'Relu', 1, 'the graph', 'relu'),
    findings.Use(_A.WRITES, 'WriteFile', 2, 'the graph', 'first'),
  )


def test_a_problem_or_an_ability_that_is_not_allowed_opens_it():
  computes = findings.Use(_A.COMPUTES, 'Relu', 1, 'the graph', 'relu')
  writes = findings.Use(_A.WRITES, 'WriteFile', 1, 'the graph', 'write')
  assert findings.Audit('m', 'a graph', (computes,), ()).is_closed
  assert not findings.Audit('m', 'a graph', (computes, writes), ()).is_closed
  audited = findings.Audit('m', 'a graph', (computes,), ('a is a link',))
  assert not audited.is_closed
  assert audited.of(_A.COMPUTES) == (computes,)
