"""Finds variables of a checkpoint that neither network nor optimizer use."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

from exporter.checkpoints import weights as weights_lib
from model_specs import outside

# Only training needs these: the second classifier that some networks are
# trained with, and what corrects the start of moving averages.
_OF_TRAINING = frozenset({'AuxLogits', 'biased', 'local_step'})


def parent(key: str) -> str:
  """The scope of a name: of a slot of an optimizer, that is its variable."""
  return key.rpartition('/')[0]


def plain(
  shapes: Mapping[str, tuple[int, ...]],
) -> dict[str, tuple[int, ...]]:
  """The shapes by variable; an average goes by the name of its variable."""
  return {key.removesuffix(weights_lib.SHADOW): shapes[key] for key in shapes}


def surplus(
  shapes: Mapping[str, tuple[int, ...]], wanted: Collection[str]
) -> list[str]:
  """The variables beside those that a network wants, and beside their slots."""
  variables = plain(shapes)
  return [
    key
    for key, shape in variables.items()
    if shape and key not in wanted and parent(key) not in variables
  ]


def _matters(key: str, scopes: Collection[str]) -> bool:
  parts = key.split('/')
  return parts[0] in scopes and _OF_TRAINING.isdisjoint(parts)


def warning(left_out: Sequence[str], wanted: Iterable[str]) -> str:
  """Says that a checkpoint may be of a network with more layers.

  Args:
    left_out: What `surplus` found.
    wanted: The names of the network's variables.

  Returns:
    The warning; empty if all that is left out is of training, or lies beside
    the scope of the network.
  """
  scopes = {name.split('/')[0] for name in wanted}
  names = sorted(key for key in left_out if _matters(key, scopes))
  if not names:
    return ''
  return (
    f'warning: the checkpoint has variables in the scope of the network that '
    f'the network lacks, such as {outside.shown(names[0])} ({len(names)} in '
    'all); they are left out, so if images went through them in training, the '
    'export answers otherwise than the model did'
  )
