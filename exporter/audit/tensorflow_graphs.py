"""The operations of SavedModels and of frozen graphs."""

import collections
from collections.abc import Iterable
from collections.abc import Iterator
import pathlib

from google.protobuf import message
import tensorflow as tf
from tensorflow.core.framework import node_def_pb2
from tensorflow.core.protobuf import meta_graph_pb2
from tensorflow.core.protobuf import saved_model_pb2

from exporter import artifacts
from exporter.audit import abilities
from exporter.audit import findings
from model_specs import outside

PROGRAM, TEXT_PROGRAM = 'saved_model.pb', 'saved_model.pbtxt'
_KERAS = 'keras_metadata.pb'
_LAMBDA = b'"class_name": "Lambda"'
_MOST_BYTES = 2**31 - 1  # No protocol buffer is larger.
_SAVING = ('SaveV2', 'RestoreV2', 'MergeV2Checkpoints')


def _place(function: str) -> str:
  return f'function {function!r}'


def _of_graph(
  graph: tf.compat.v1.GraphDef, where: str
) -> Iterator[findings.Node]:
  library = graph.library.function
  functions = frozenset(function.signature.name for function in library)
  bodies = [(where, graph.node)]
  bodies += [(_place(f.signature.name), f.node_def) for f in library]
  for place, nodes in bodies:
    for node in nodes:
      ability = abilities.of_tensorflow(node.op, functions)
      yield findings.Node(ability, node.op, place, node.name)


def _called(nodes: Iterable[node_def_pb2.NodeDef]) -> Iterator[str]:
  """The names that nodes call; some are operations, and no functions."""
  for node in nodes:
    yield node.op
    for value in node.attr.values():
      yield value.func.name
      yield from (function.name for function in value.list.func)


def _reached(
  meta: meta_graph_pb2.MetaGraphDef, roots: Iterable[str]
) -> tuple[set[str], set[str]]:
  """The nodes and the functions that some nodes of a graph lead to."""
  # A name that the graph does not have leads nowhere.
  inputs = collections.defaultdict(
    tuple[str, ...], artifacts.inputs_of(meta.graph_def)
  )
  nodes = artifacts.reachable(inputs, [name for name in roots if name])
  waiting = list(_called(n for n in meta.graph_def.node if n.name in nodes))
  return nodes, _functions(meta, waiting)


def _functions(
  meta: meta_graph_pb2.MetaGraphDef, names: Iterable[str]
) -> set[str]:
  """These functions, and all that they call in turn."""
  library = {f.signature.name: f for f in meta.graph_def.library.function}
  waiting, seen = list(names), set()
  while waiting:
    name = waiting.pop()
    if name in library and name not in seen:
      seen.add(name)
      waiting += _called(library[name].node_def)
  return seen


def _saver(meta: meta_graph_pb2.MetaGraphDef) -> tuple[set[str], set[str]]:
  """The nodes and functions that nothing but the saver leads to."""
  saver = meta.saver_def
  nodes, functions = _reached(
    meta, (saver.save_tensor_name, saver.restore_op_name)
  )
  roots = [
    info.name
    for signature in meta.signature_def.values()
    for info in signature.outputs.values()
  ]
  for collection in meta.collection_def.values():
    roots += collection.node_list.value
  other_nodes, other_functions = _reached(meta, roots)
  # Python calls these as attributes of the object that it loads.
  called = _functions(meta, meta.object_graph_def.concrete_functions)
  return nodes - other_nodes, functions - other_functions - called


def _of_meta(
  meta: meta_graph_pb2.MetaGraphDef, number: int
) -> Iterator[findings.Node]:
  where = f'graph {number}, tagged {sorted(meta.meta_info_def.tags)}'
  nodes, functions = _saver(meta)
  places = {_place(name) for name in functions}
  for node in _of_graph(meta.graph_def, where):
    of_saver = node.where in places or (
      node.where == where and node.name in nodes
    )
    if of_saver and node.operation in _SAVING:
      yield node._replace(ability=abilities.Ability.RESTORES)
    else:
      yield node


def _parse(kind: type[message.Message], path: pathlib.Path) -> message.Message:
  try:
    return kind.FromString(outside.read_file(path, _MOST_BYTES))
  except message.DecodeError as error:
    raise ValueError(f'{path.name} is damaged: {error}') from error


def _assets(model: saved_model_pb2.SavedModel) -> Iterator[str]:
  """Assets that are not files in the folder of assets."""
  for meta in model.meta_graphs:
    for asset in meta.asset_file_def:
      parts = pathlib.PurePosixPath(asset.filename).parts
      if '..' in parts or asset.filename.startswith('/'):
        yield f'asset {asset.filename!r} lies outside of the model'


def _beside(folder: pathlib.Path) -> Iterator[str]:
  """Problems of the files of a SavedModel, apart from its graphs."""
  if (folder / TEXT_PROGRAM).exists() and (folder / PROGRAM).exists():
    yield f'there are {PROGRAM} and {TEXT_PROGRAM}: two programs in one model'
  for path in sorted(folder.rglob('*')):
    if path.is_symlink():
      yield f'{path.relative_to(folder)} is a link'


def of_saved_model(
  folder: pathlib.Path,
) -> tuple[list[findings.Node], list[str]]:
  """The operations of a SavedModel, and its problems beside them.

  Raises:
    ValueError: Its program is damaged, or has no nodes.
    OSError: It cannot be read.
  """
  model = _parse(saved_model_pb2.SavedModel, folder / PROGRAM)
  assert isinstance(model, saved_model_pb2.SavedModel)
  each = (
    node
    for number, meta in enumerate(model.meta_graphs, 1)
    for node in _of_meta(meta, number)
  )
  nodes = findings.of_program(each, folder / PROGRAM)
  keras = folder / _KERAS
  if keras.is_file() and _LAMBDA in outside.read_file(keras, _MOST_BYTES):
    nodes.append(
      findings.Node(abilities.Ability.PYTHON, 'Lambda', _KERAS, 'a layer')
    )
  return nodes, [*_assets(model), *_beside(folder)]


def of_frozen_graph(path: pathlib.Path) -> list[findings.Node]:
  """The operations of a frozen graph.

  Raises:
    ValueError: The file is damaged, or is no frozen graph.
    OSError: It cannot be read.
  """
  graph = _parse(tf.compat.v1.GraphDef, path)
  assert isinstance(graph, tf.compat.v1.GraphDef)
  return findings.of_program(_of_graph(graph, 'the graph'), path)
