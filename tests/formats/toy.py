"""A format of one's own, as small as one can be: the bias of the logits.

Its names are such that a careless look at them goes wrong: a digit in the
group, and a file that is called as a manifest is. `python -m tests.formats.toy`
is the command line of slimhub with this format.
"""

from collections.abc import Sequence
import dataclasses
import json
import pathlib
import sys

import numpy as np

from exporter import artifacts
from exporter import errors
from exporter import formats
from exporter import markdown
from exporter import storage
from exporter.cli import entry
import model_specs
from model_specs import kinds

SENTENCE = 'It holds the bias of the logits and nothing else.'
_SNIPPET = """
import json
import pathlib

bias = json.loads(pathlib.Path('{}').read_text())
"""


def _bias(original: formats.Original) -> np.ndarray:
  (name,) = (
    name
    for name in original.tensors
    if name.startswith(original.spec.family.classifier)
    and name.endswith('/biases')
  )
  return original.tensors[name]


def _read(artifact: pathlib.Path) -> np.ndarray:
  return np.array(json.loads(artifact.read_text()), np.float32)


class Toy(formats.ConvertedFile):
  """The bias of the logits, as JSON."""

  def write(
    self,
    handle: model_specs.Handle,
    original: formats.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Writes the numbers."""
    del handle
    artifact.write_text(json.dumps(_bias(original).tolist()))

  def load(
    self, handle: model_specs.Handle, artifact: pathlib.Path, threads: int = 1
  ) -> 'artifacts.Run':
    """Answers every image with the bias."""
    del handle, threads
    bias = _read(artifact)
    return lambda images: np.tile(bias, (len(images), 1))

  def prove(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    original: formats.Original,
  ) -> tuple[storage.Check, ...]:
    """Compares the numbers with the weights."""
    expected = _bias(original)
    difference = float(np.max(np.abs(_read(artifact) - expected)))
    if difference:
      raise errors.ProofError(f'{handle} is off by {difference}')
    return (storage.Check('variables', len(expected), difference, 0.0),)

  def usage(self, handle: model_specs.Handle) -> Sequence[str]:
    """A sentence, and how the file is read."""
    snippet = markdown.code(_SNIPPET.format(f'exports/{handle}'))
    return (markdown.paragraph(SENTENCE), snippet)

  def figures(self, handle: model_specs.Handle) -> str:
    """Nothing is tried on pictures."""
    del handle
    return 'Every number must be the same.'


TOY = Toy(
  kinds.Kind(
    'toy2',
    'model',
    '.json',
    'Toy, the bias of the logits',
    label='Toy',
    media_type='application/json',
  )
)


class Hungry(Toy):
  """One that no machine has the memory for."""

  def write(
    self,
    handle: model_specs.Handle,
    original: formats.Original,
    artifact: pathlib.Path,
  ) -> None:
    """Takes all memory."""
    raise MemoryError


HUNGRY = Hungry(dataclasses.replace(TOY.kind, group='hungry'))

if __name__ == '__main__':
  with formats.added(TOY):
    sys.exit(entry.main(entry.parse(sys.argv)))
