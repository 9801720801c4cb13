"""Reads the files of TensorFlow.js, which may be somebody else's."""

from collections.abc import Iterator
import dataclasses
import json
import math
import pathlib
import re
from typing import Any

from exporter import errors
from exporter.artifacts import operations
from exporter.artifacts import tfjs_weights
import model_specs
from model_specs import outside

FORMAT = 'graph-model'
MODEL = 'model.json'
_MOST_BYTES = 2**26  # The largest network needs less than 2 MB.
_SHARD = re.compile(
  r'group1-shard([1-9]\d{0,3})of([1-9]\d{0,3})\.bin', re.ASCII
)
_BYTES = {'float32': 4, 'int32': 4, 'bool': 1, 'float16': 2, 'uint8': 1}


@dataclasses.dataclass(frozen=True)
class Files:
  """What TensorFlow.js needs to know of a model."""

  topology: dict[str, Any]
  signature: dict[str, Any]
  specs: list[dict[str, Any]]  # The names, types and shapes of the constants.
  data: bytes  # The bytes of all constants, one after the other.


def _strange(model: dict[str, Any]) -> Iterator[operations.Found]:
  """All that a file does and no export does."""
  for node in model['modelTopology']['node']:
    if node['op'] not in operations.TFJS:
      yield operations.Found('the graph', str(node['name']), str(node['op']))
  if 'library' in model['modelTopology']:
    yield operations.Found('the graph', 'library', 'functions')
  if 'modelInitializer' in model:
    yield operations.Found('the model', 'modelInitializer', 'another graph')


def _count(spec: dict[str, Any]) -> int:
  """How many numbers a constant has."""
  return math.prod(map(int, spec['shape']))


def _dtype(spec: dict[str, Any]) -> str:
  """The type in which a constant is kept."""
  return spec.get('quantization', spec)['dtype']


def _check_weights(
  conversion: model_specs.Handle, specs: list[dict[str, Any]]
) -> None:
  """Raises a ProofError if weights are not of the type that was promised."""
  found, expected = _dtype(max(specs, key=_count)), conversion.kind.name
  if found != expected:
    raise errors.ProofError(
      f'{conversion} has weights in {found}, expected {expected}; export it '
      'again with --force'
    )


def _data(folder: pathlib.Path, paths: list[str]) -> bytes:
  """The content of all shards."""
  for number, path in enumerate(paths, start=1):
    match = _SHARD.fullmatch(path)
    if not match or (int(match[1]), int(match[2])) != (number, len(paths)):
      raise ValueError(
        f'shard {number} of {len(paths)} is called {path!r:.80}, expected '
        f'group1-shard{number}of{len(paths)}.bin'
      )
  most = tfjs_weights.SHARD_BYTES
  return b''.join(outside.read_file(folder / path, most) for path in paths)


def _check(conversion: model_specs.Handle, signature: dict[str, Any]) -> None:
  """Raises a ProofError for another input or output than was promised."""
  model = conversion.spec
  (images,) = signature['inputs'].values()
  shape = [int(each['size']) for each in images['tensorShape']['dim']]
  outputs = [*signature['outputs']]
  expected = [-1, model.size, model.size, model.family.channels]
  if shape != expected or outputs != [conversion.output]:
    raise errors.ProofError(
      f'{conversion} takes images of {shape} and answers {outputs}, expected '
      f'{expected} and {[conversion.output]}; export it again with --force'
    )


def read(conversion: model_specs.Handle, folder: pathlib.Path) -> Files:
  """Reads a folder, and checks what it does before anything is made of it.

  Raises:
    ProofError: The files are not as promised, or do what no export does.
    ValueError: The files are damaged, or not for TensorFlow.js.
    OSError: They cannot be read.
  """
  try:
    model = json.loads(outside.read_file(folder / MODEL, _MOST_BYTES))
    if model['format'] != FORMAT:
      raise ValueError(f'it is a {model["format"]!r:.40}, expected {FORMAT}')
    operations.refuse(conversion, MODEL, list(_strange(model)))
    _check(conversion, model['signature'])
    (group,) = model['weightsManifest']
    data = _data(folder, group['paths'])
    specs = group['weights']
    _check_weights(conversion, specs)
    needed = sum(_count(spec) * _BYTES[_dtype(spec)] for spec in specs)
  except (KeyError, TypeError, AttributeError, RecursionError) as error:
    what = f'{type(error).__name__} {error}'
    raise ValueError(f'{MODEL} is no model of TensorFlow.js: {what}') from error
  if len(data) != needed:
    raise ValueError(f'its shards have {len(data)} bytes, expected {needed}')
  return Files(model['modelTopology'], model['signature'], specs, data)
