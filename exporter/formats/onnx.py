"""The formats of ONNX: files for other frameworks."""

from collections.abc import Sequence
import pathlib
import string

import numpy as np

from exporter import artifacts
from exporter import cards
from exporter import markdown
from exporter.formats import converted_file
from exporter.formats import original as original_lib
import model_specs
from model_specs import kinds

_LABELS = 'its metadata, under `labels`'

_SNIPPET = string.Template("""
import numpy as np
import onnxruntime

path = '$path'
session = onnxruntime.InferenceSession(path)
images = np.random.uniform(size=[8, $shape]).astype(np.float32)
($output,) = session.run(['$output'], {'inputs': images})
""")


_IN_BYTES = markdown.paragraph(
  'Kernels are bytes. Every activation, and the logits, pass a pair of '
  '`QuantizeLinear` and `DequantizeLinear` with the range that was trained. A '
  'runtime that fuses these with layers computes in integers, and rounds '
  'biases, too.'
)


class Onnx(converted_file.ConvertedNetwork):
  """An ONNX file, with channels last or first as its kind says."""

  def _convert(
    self,
    handle: model_specs.Handle,
    network: 'artifacts.Frozen',
    original: original_lib.Original,
    path: pathlib.Path,
  ) -> None:
    del original  # ONNX files have no ranges that are measured on pictures.
    artifacts.write_onnx(handle, network, path)

  def _run(
    self, handle: model_specs.Handle, path: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    return artifacts.load_onnx(handle, path, threads)

  def _labels(self, path: pathlib.Path) -> tuple[str, ...]:
    return artifacts.read_onnx_labels(path)

  def _is_described(
    self, handle: model_specs.Handle, path: pathlib.Path
  ) -> bool:
    return artifacts.is_onnx_described(handle, path)

  def alone(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    """Loads a file by ONNX Runtime alone."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(artifact), options)
    axis = 1 if self.kind.layout == kinds.NCHW else -1

    def run(images: np.ndarray) -> np.ndarray:
      inputs = np.ascontiguousarray(np.moveaxis(images, -1, axis))
      (output,) = session.run([handle.output], {'inputs': inputs})
      return output

    return run

  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """What goes in and what comes out, and code for onnxruntime."""
    size, channels = handle.spec.size, handle.spec.family.channels
    is_nhwc = self.kind.layout == kinds.NHWC
    sides = (size, size, channels) if is_nhwc else (channels, size, size)
    snippet = _SNIPPET.substitute(
      path=f'exports/{handle}',
      shape=', '.join(map(str, sides)),
      output=handle.output,
    )
    return (
      cards.inputs_and_outputs(handle, _LABELS),
      *((_IN_BYTES,) if handle.spec.family.is_quantized else ()),
      markdown.code(snippet),
    )
