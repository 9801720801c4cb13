"""The formats of LiteRT: files for phones and small machines."""

from collections.abc import Sequence
import pathlib
import string

from exporter import artifacts
from exporter import cards
from exporter import markdown
from exporter.formats import converted_file
from exporter.formats import original as original_lib
import model_specs

_LABELS = 'the zip at its end, which MediaPipe reads'

_FLOATS = string.Template("""
import numpy as np
from ai_edge_litert.interpreter import Interpreter

path = '$path'
run = Interpreter(path).get_signature_runner('serving_default')
images = np.random.uniform(size=[$shape]).astype(np.float32)
$output = run(inputs=images)['$output']
""")

_BYTES = string.Template("""
import numpy as np
from ai_edge_litert.interpreter import Interpreter

path = '$path'
run = Interpreter(path).get_signature_runner('serving_default')
images = np.random.randint(256, size=[$shape], dtype=np.uint8)
scale, zero = run.get_output_details()['$output']['quantization']
$output = (run(inputs=images)['$output'].astype(np.float32) - zero) * scale
""")


class LiteRt(converted_file.ConvertedNetwork):
  """A LiteRT file, with floats or integers as its kind says."""

  def _convert(
    self,
    handle: model_specs.Handle,
    network: 'artifacts.Frozen',
    original: original_lib.Original,
    path: pathlib.Path,
  ) -> None:
    pictures = original.pictures_for(handle)
    artifacts.write_litert(handle, network, pictures, path)

  def _run(
    self, handle: model_specs.Handle, path: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    return artifacts.load_litert(handle, path, threads)

  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """What goes in and what comes out, and code for LiteRT's interpreter."""
    size = handle.spec.size
    template = _BYTES if self.kind.needs_pictures else _FLOATS
    snippet = template.substitute(
      path=f'exports/{handle}',
      shape=f'1, {size}, {size}, {handle.spec.family.channels}',
      output=handle.output,
    )
    return (
      cards.inputs_and_outputs(handle, _LABELS),
      markdown.code(snippet),
    )
