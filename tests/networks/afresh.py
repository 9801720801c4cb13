"""Networks that TF-Slim builds here and now, whatever was built before."""

import functools
import hashlib

from exporter import networks
from exporter.networks import building
import model_specs

# One published model of each architecture that trains.
PUBLISHED: dict[str, networks.Architecture] = {}
for _model in model_specs.MODELS:
  _architecture = networks.architecture(_model)
  if networks.modes(_model)[1:] and _architecture not in PUBLISHED.values():
    PUBLISHED[_model.name] = _architecture


def digest_of(blueprint: networks.Blueprint) -> str:
  """A hash of all that a network is."""
  return hashlib.sha256(blueprint.content()).hexdigest()


@functools.lru_cache(maxsize=2)
def built(
  architecture: networks.Architecture, is_training: bool
) -> tuple[networks.Source, str]:
  """A network that was built for this, and the hash of it."""
  blueprint = building.build(architecture, is_training)
  return networks.Source(blueprint), digest_of(blueprint)
