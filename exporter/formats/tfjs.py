"""The formats of TensorFlow.js: folders for browsers and Node."""

from collections.abc import Sequence
import pathlib
import string

from exporter import artifacts
from exporter import cards
from exporter import environment
from exporter import markdown
from exporter import proof
from exporter import storage
from exporter.formats import converted_file
from exporter.formats import original as original_lib
import model_specs

_LABELS = '`labels.txt`'
_PLAIN = 'outputs without WebAssembly'

_SNIPPET = string.Template("""
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<img src="picture.jpg">
<script>
  async function main() {
    const model = await tf.loadGraphModel('$path/model.json');
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = $size;
    const context = canvas.getContext('2d');
    context.imageSmoothingQuality = 'high';  // Details are averaged.
    const picture = document.querySelector('img');
    context.drawImage(picture, 0, 0, $size, $size);
    const pixels = $pixels;
    const images = tf.expandDims(tf.div(pixels, 255));
    const $output = await model.predict(images).data();
    console.log($output);
  }
  window.onload = main;
</script>
""")
_COLOURS = 'tf.browser.fromPixels(canvas)'
# How bright each pixel is: with one channel, `fromPixels` takes the red alone.
_GREY = f'{_COLOURS}.toFloat()\n      .mul([0.299, 0.587, 0.114]).sum(2, true)'


class TfJs(converted_file.ConvertedNetwork):
  """A folder with a graph as JSON and with weights as its kind says."""

  def _convert(
    self,
    handle: model_specs.Handle,
    network: 'artifacts.Frozen',
    original: original_lib.Original,
    path: pathlib.Path,
  ) -> None:
    del original  # These files have no ranges that are measured on pictures.
    artifacts.write_tfjs(handle, network, path)

  def _run(
    self, handle: model_specs.Handle, path: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    del threads  # In Node, WebAssembly runs on one thread.
    return artifacts.load_tfjs(handle, path)

  def _labels(self, path: pathlib.Path) -> tuple[str, ...]:
    return artifacts.read_tfjs_labels(path)

  def _is_described(
    self, handle: model_specs.Handle, path: pathlib.Path
  ) -> bool:
    return artifacts.is_tfjs_described(handle, path)

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares answers in WebAssembly and, on a few pictures, in JavaScript."""
    checks = super().prove(handle, artifact, original)
    with artifacts.explained(handle, 'loaded'):
      plain = artifacts.load_tfjs(handle, artifact, artifacts.CPU)
    few = proof.prove_on_few(handle, plain, original.trials, _PLAIN)
    return (*checks, few)

  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """What goes in and what comes out, and code for a page."""
    snippet = _SNIPPET.substitute(
      path=f'exports/{handle}',
      size=handle.spec.size,
      pixels=_GREY if handle.spec.family.channels == 1 else _COLOURS,
      output=handle.output,
    )
    return (
      cards.inputs_and_outputs(handle, _LABELS),
      markdown.code(snippet, 'html'),
    )

  def require(self) -> None:
    """Raises a PackageError if no Node is found, in a package or in PATH."""
    artifacts.find_node()

  @property
  def packages(self) -> tuple[str, ...]:
    """The package that brings Node, if it is that Node that is used."""
    return tuple(filter(environment.is_installed, super().packages))
