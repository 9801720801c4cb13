"""LeNets as models of one's own, where it does not matter what is exported.

TF-Slim builds a LeNet in a tenth of the time of the smallest published network,
and tests that kill and repeat runs export it a dozen times.
"""

import pathlib

import model_specs
from model_specs.spec_files import text
from tests import some_spec_file

ROOT = 'acme/flowers'  # What handles begin with.
_CHANGES = {'network': 'lenet', 'multiplier': None, 'size': 8}


def handles(*names: str) -> tuple[model_specs.Handle, ...]:
  """All handles of some LeNets: of both tasks, in versions 1 and 2."""
  return tuple(
    handle
    for name in names
    for handle in some_spec_file.model(name=name, **_CHANGES).handles((1, 2))
  )


def write(folder: pathlib.Path, *names: str) -> pathlib.Path:
  """Writes the spec file of some LeNets."""
  path = folder / 'lenets.toml'
  tables = [some_spec_file.values(name=name, **_CHANGES) for name in names]
  path.write_text(text.document(tables), 'utf-8')
  return path
