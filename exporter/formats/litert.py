"""The formats of LiteRT: files for phones and small machines."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import pathlib
import string

import numpy as np

from exporter import artifacts
from exporter import cards
from exporter import errors
from exporter import markdown
from exporter import storage
from exporter.formats import converted_file
from exporter.formats import format as format_lib
from exporter.formats import original as original_lib
import model_specs
from model_specs import kinds

_LABELS = 'the zip at its end, which MediaPipe reads'

_BATCHES: Mapping[str, str] = {
  kinds.ONE: (
    'Its batch is 1, as delegates of graphics chips and browsers want it. '
    '`resize_tensor_input` makes it any other; the runner of a signature, as '
    'above, does so by itself.'
  ),
  kinds.DYNAMIC: (
    'Its batch is open. Delegates of graphics chips and browsers want one of '
    '1: export the file without `--litert_batch=dynamic` for them.'
  ),
}

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
    artifacts.write_litert(handle, network, pictures, original.batch, path)

  def _run(
    self, handle: model_specs.Handle, path: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    return artifacts.load_litert(handle, path, threads)

  def _labels(self, path: pathlib.Path) -> tuple[str, ...]:
    return artifacts.read_litert_labels(path)

  def _is_described(
    self, handle: model_specs.Handle, path: pathlib.Path
  ) -> bool:
    return artifacts.is_litert_described(handle, path)

  def alone(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int
  ) -> 'artifacts.Run':
    """Loads a file by LiteRT alone; outputs stay as they are."""
    from ai_edge_litert import interpreter

    loaded = interpreter.Interpreter(str(artifact), num_threads=threads)
    runner = loaded.get_signature_runner()
    kind = np.uint8 if self.kind.needs_pictures else np.float32
    return lambda images: runner(inputs=images.astype(kind))[handle.output]

  def recover(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    manifest: storage.Manifest,
    beside: format_lib.Beside,
  ) -> original_lib.Original:
    """The original of the SavedModel, and the batch that was promised.

    Raises:
      ManifestError: The manifests contradict each other, or promise no batch
        that there is.
    """
    original = super().recover(handle, artifact, manifest, beside)
    promised = manifest.batch or kinds.DYNAMIC
    for batch in kinds.BATCHES:
      if batch == promised:
        return dataclasses.replace(original, batch=batch)
    raise errors.ManifestError(
      f'{handle} has the batch {promised!r} in its manifest, expected one of '
      f'{", ".join(kinds.BATCHES)}; export it again with --force'
    )

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: original_lib.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares answers, and the batch of the file with what was asked for."""
    checks = super().prove(handle, artifact, original)
    artifacts.check_litert_batch(handle, artifact, original.batch)
    return checks

  def remarks(self, manifest: storage.Manifest) -> Sequence[str]:
    """Which batch it takes."""
    batch = manifest.batch or kinds.DYNAMIC
    text = _BATCHES.get(batch, '')  # Of another slimhub there may be others.
    return (markdown.paragraph(text),) if text else ()

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
