"""A network as plain data: its graph, and what is where in it."""

from collections.abc import Mapping
import dataclasses
import json
import lzma
from typing import Any

import tensorflow as tf

# What every network calls the ends that its users hold. All are tensors.
INPUT, OUTPUT = 'hub_input', 'hub_output'
IMAGES = f'{INPUT}/images:0'
BATCH_NORM_MOMENTUM = 'batch_norm_momentum'
MOMENTUM = f'{INPUT}/{BATCH_NORM_MOMENTUM}:0'
LOGITS = f'{OUTPUT}/classification:0'
# Users fetch the features by this name.
FEATURES = f'{OUTPUT}/feature_vector/SpatialSqueeze:0'
# How hard is tried to make a blueprint small.
QUICKEST, SMALLEST = 1, 9 | lzma.PRESET_EXTREME


@dataclasses.dataclass(frozen=True)
class Variable:
  """A variable of a network; its name is the checkpoint's key."""

  name: str
  shape: tuple[int, ...]
  dtype: int  # By TensorFlow's number.
  is_trainable: bool

  @property
  def handle(self) -> str:
    """The tensor that stands for it."""
    return f'{self.name}:0'

  @property
  def value(self) -> str:
    """The tensor that reads it."""
    return f'{self.name}/Read/ReadVariableOp:0'


@dataclasses.dataclass(frozen=True, eq=False)
class Blueprint:
  """One network in one mode; all names are those of tensors or ops in it.

  Attributes:
    definition: The graph.
    variables: In the order in which they were created.
    endpoints: Tensors by TF-Slim's names, without the scope.
    pooled: The name of the endpoint that holds the features.
    has_pool: Whether these are pooled.
    losses: The tensors of the regularization losses.
    updates: The ops that update the moving averages.
  """

  definition: tf.compat.v1.GraphDef
  is_training: bool
  variables: tuple[Variable, ...]
  endpoints: Mapping[str, str]
  pooled: str
  has_pool: bool
  losses: tuple[str, ...]
  updates: tuple[str, ...]

  def _names(self) -> dict[str, Any]:
    """All but the graph."""
    fields = (field.name for field in dataclasses.fields(self))
    names = {name: getattr(self, name) for name in fields}
    del names['definition']
    names['variables'] = [dataclasses.astuple(v) for v in self.variables]
    return names

  def content(self) -> bytes:
    """The names as a line of JSON, and the graph: equal for equal networks."""
    line = json.dumps(self._names(), separators=(',', ':')).encode()
    graph = self.definition.SerializeToString(deterministic=True)
    return b'%b\n%b' % (line, graph)

  def packed(self, preset: int = QUICKEST) -> bytes:
    """The content, compressed, with a checksum that `unpacked` looks at."""
    return lzma.compress(self.content(), check=lzma.CHECK_SHA256, preset=preset)

  @classmethod
  def unpacked(cls, data: bytes) -> 'Blueprint':
    """The network that was packed.

    Raises:
      ValueError: The data is damaged.
    """
    try:
      line, _, graph = lzma.decompress(data).partition(b'\n')
      names: dict[str, Any] = json.loads(line)
      names |= {key: tuple(names[key]) for key in ('losses', 'updates')}
      names['variables'] = tuple(
        Variable(name, tuple(shape), *others)
        for name, shape, *others in names['variables']
      )
      return cls(tf.compat.v1.GraphDef.FromString(graph), **names)
    except Exception as error:
      # Which error it is depends on where the data is damaged.
      raise ValueError(f'no network: {error}') from error
