"""Converts a network that rounds to a LiteRT file that computes in 8 bits.

The file has the trained ranges, so that nothing is measured. Its integers are
unsigned, as in the files that the authors' converter wrote: with signed ones,
LiteRT takes only kernels whose range is symmetric, and trained ranges mostly
are not.
"""

import numpy as np
import tensorflow as tf

from exporter import errors
from exporter.artifacts import frozen
from exporter.artifacts import graph as graph_lib
import model_specs
from model_specs import formats

_v1 = tf.compat.v1
_WHITE = 255.0
_OP = 'FakeQuantWithMinMaxVars'
_CONVOLUTION = 'Conv2D'
_PREFIX = 'first_layer'  # Begins the names of what is added to a graph.


class _Graph:
  """A frozen graph, and what its constant parts are."""

  def __init__(self, definition: tf.compat.v1.GraphDef):
    self.definition = tf.compat.v1.GraphDef.FromString(
      definition.SerializeToString()
    )
    self.nodes = {node.name: node for node in self.definition.node}

  def user(self, name: str) -> tf.compat.v1.NodeDef:
    """The only node that takes the output of another."""
    (user,) = (n for n in self.definition.node if name in n.input)
    return user

  def first_convolution(self) -> tf.compat.v1.NodeDef:
    """The first convolution, before which only colours are mapped."""
    node = self.user(formats.INPUT)
    while node.op != _CONVOLUTION:
      node = self.user(node.name)
    return node

  def add_constant(self, name: str, value: np.ndarray) -> str:
    """Adds a constant; returns its name."""
    node = self.definition.node.add(name=f'{_PREFIX}/{name}', op='Const')
    tensor = tf.make_tensor_proto(value)
    node.attr['dtype'].type = tensor.dtype
    node.attr['value'].tensor.CopyFrom(tensor)
    return node.name

  def add_rounding(
    self, name: str, tensor: str, low: float, high: float, *, narrow: bool
  ) -> str:
    """Adds an op that rounds; returns its name."""
    ends = [
      self.add_constant(f'{name}/{end}', np.array(value, np.float32))
      for end, value in (('min', low), ('max', high))
    ]
    node = self.definition.node.add(
      name=f'{_PREFIX}/{name}', op=_OP, input=[tensor, *ends]
    )
    node.attr['num_bits'].i = 8
    node.attr['narrow_range'].b = narrow
    return node.name


def _gray(conversion: model_specs.Handle) -> tuple[float, float, float]:
  """Factor and offset of the colours, and the colour that becomes zero.

  Raises:
    ExportError: There is no such colour in [0, 1] for all channels.
  """
  preprocessing = conversion.spec.family.preprocessing
  offsets = set(np.ravel(preprocessing.offset).tolist())
  gray = max(offsets) / preprocessing.factor
  if len(offsets) > 1 or not 0 <= gray <= 1:
    raise errors.ExportError(
      f'{conversion} cannot be made: the edges of images are padded with the '
      'colour that the network sees as 0, which is no colour in [0, 1] that is '
      f'the same for red, green and blue with {preprocessing}; expected an '
      'input_range with 0 in it, and no input_mean; tf2 has the same network'
    )
  return preprocessing.factor, max(offsets), gray


def _padding(size: int, stride: int, kernel: int) -> tuple[int, int]:
  """What the padding SAME adds before and behind an axis."""
  total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
  return total // 2, total - total // 2


def _take_bytes(
  network: frozen.Frozen, conversion: model_specs.Handle
) -> tf.compat.v1.GraphDef:
  """Lets the first layer take colours in [0, 1], so that bytes can hold them.

  The kernel and the biases of the layer take over the mapping from these to the
  colours that the network was trained with. Its padding, which was zero,
  becomes the colour that is mapped to zero.
  """
  factor, offset, gray = _gray(conversion)
  graph = _Graph(network.definition)
  convolution = graph.first_convolution()
  rounding = graph.nodes[graph_lib.op_name(convolution.input[1])]
  sums = graph.user(convolution.name)
  kernel, low, high, rounded, biases = frozen.values(
    graph.definition, [*rounding.input, rounding.name, sums.input[1]]
  )
  image = graph.add_rounding('images', formats.INPUT, 0.0, 1.0, narrow=False)
  strides = convolution.attr['strides'].list.i
  sides = [
    _padding(network.shape[axis], strides[axis + 1], kernel.shape[axis])
    for axis in (0, 1)
  ]
  paddings = np.array([(0, 0), *sides, (0, 0)], np.int32)
  pad = graph.definition.node.add(
    name=f'{_PREFIX}/pad',
    op='PadV2',
    input=[
      image,
      graph.add_constant('paddings', paddings),
      graph.add_constant('gray', np.array(gray, np.float32)),
    ],
  )
  pad.attr['T'].type = tf.float32.as_datatype_enum
  pad.attr['Tpaddings'].type = tf.int32.as_datatype_enum
  scaled = graph.add_constant('kernel', np.float32(factor) * kernel)
  convolution.input[:] = [
    pad.name,
    graph.add_rounding(
      'weights_quant',
      scaled,
      factor * float(low),
      factor * float(high),
      narrow=True,
    ),
  ]
  convolution.attr['padding'].s = b'VALID'
  moved = biases - np.float32(offset) * rounded.sum((0, 1, 2))
  sums.input[1] = graph.add_constant('biases', moved.astype(np.float32))
  return graph_lib.prune(graph.definition, [network.output])


def convert(network: frozen.Frozen, conversion: model_specs.Handle) -> bytes:
  """Converts a network.

  Args:
    network: The frozen network.
    conversion: What to convert it to.

  Returns:
    The content of the file, which has no signature.

  Raises:
    ExportError: The network's colours cannot be given as bytes.
  """
  definition = _take_bytes(network, conversion)
  with tf.Graph().as_default() as live:
    tf.import_graph_def(definition, name='')
  ends = [
    live.get_tensor_by_name(f'{name}:0')
    for name in (formats.INPUT, network.output)
  ]
  with _v1.Session(graph=live) as session:
    converter = _v1.lite.TFLiteConverter.from_session(
      session, *([e] for e in ends)
    )
    converter.inference_type = tf.uint8
    converter.quantized_input_stats = {formats.INPUT: (0.0, _WHITE)}
    return converter.convert()
