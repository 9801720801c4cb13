"""Writes the networks that come with slimhub: see `make blueprints`."""

import pathlib

from exporter import networks
from exporter.networks import blueprint
from exporter.networks import building
from exporter.networks import known
import model_specs
from tests import source_tree

FOLDER = source_tree.ROOT / 'exporter/networks' / known.FOLDER


def published() -> dict[str, tuple[networks.Architecture, bool]]:
  """The architecture and the mode of every file that there should be."""
  return {
    known.file_name(architecture, mode): (architecture, mode)
    for model in model_specs.MODELS
    for architecture in [networks.architecture(model)]
    for mode in networks.modes(model)
  }


def _holds(path: pathlib.Path, built: blueprint.Blueprint) -> bool:
  """Whether a file is of this network already, however it was compressed."""
  try:
    found = blueprint.Blueprint.unpacked(path.read_bytes())
  except (OSError, ValueError):
    return False
  return found.content() == built.content()


def main() -> None:
  """Builds every published network, and writes what changed."""
  FOLDER.mkdir(exist_ok=True)
  wanted = published()
  for path in FOLDER.glob('*.xz'):
    if path.name not in wanted:
      path.unlink()
  for name, (architecture, mode) in wanted.items():
    built = building.build(architecture, mode)
    if not _holds(FOLDER / name, built):
      (FOLDER / name).write_bytes(built.packed(blueprint.SMALLEST))
  # Last of all: until then, what changed is not believed.
  (FOLDER / known.MADE_BY).write_text(known.made_by(), 'utf-8')


if __name__ == '__main__':
  main()
