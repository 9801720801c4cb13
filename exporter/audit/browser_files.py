"""The operations of a folder for TensorFlow.js."""

from collections.abc import Iterator
import json
import pathlib
from typing import Any

from exporter import artifacts
from exporter.audit import abilities
from exporter.audit import findings
from model_specs import outside

MODEL = 'model.json'
_MOST_BYTES = 2**28
# What may be raised while JSON is read that may be anything, or no JSON.
_NOT_SO = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


def of_tfjs(folder: pathlib.Path) -> list[findings.Node]:
  """The nodes of a graph, and its weights if they are elsewhere.

  Raises:
    ValueError: It is damaged, is no graph, or has no nodes; layers are not
      read.
    OSError: It cannot be read.
  """
  data = outside.read_file(folder / MODEL, _MOST_BYTES)
  try:
    model = json.loads(data)
    graphs = {'the graph': model['modelTopology']}
    if 'modelInitializer' in model:
      graphs['the initializer'] = model['modelInitializer']
    nodes = [node for each in graphs.items() for node in _of_graph(*each)]
    weights = list(_weights(model))
  except _NOT_SO as error:
    raise ValueError(
      f'{MODEL} is no graph model of TensorFlow.js: '
      f'{type(error).__name__} {error}'
    ) from error
  return findings.of_program(nodes, folder / MODEL) + weights


def _of_graph(where: str, graph: dict[str, Any]) -> Iterator[findings.Node]:
  functions = graph.get('library', {}).get('function', [])
  bodies = [(where, graph['node'])]
  bodies += [
    (f'function {each["signature"]["name"]!r}', each.get('nodeDef', []))
    for each in functions
  ]
  names = frozenset(str(each['signature']['name']) for each in functions)
  for place, nodes in bodies:
    for node in nodes:
      operation = str(node['op'])
      ability = abilities.Ability.COMPUTES
      if operation not in artifacts.TFJS:
        # TensorFlow.js has TensorFlow's names, and a page may have added more.
        ability = abilities.of_tensorflow(operation, names)
      yield findings.Node(ability, operation, place, str(node['name']))


def _weights(model: dict[str, Any]) -> Iterator[findings.Node]:
  """Files with weights that a page would fetch from elsewhere."""
  for group in model['weightsManifest']:
    for path in group['paths']:
      if pathlib.PurePosixPath(path).name != path or path == '..':
        yield findings.Node(
          abilities.Ability.CONNECTS,
          'weights elsewhere',
          'the manifest of weights',
          str(path),
        )
