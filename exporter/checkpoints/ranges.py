"""Ranges of values, which training for 8 bits adds to the variables.

Weights that were trained so are right only together with the rounding that they
were trained with.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
import re

import numpy as np

from exporter import errors
from model_specs import outside

# Matches the variables that keep ranges of values, such as act_quant/min and
# those below quantops/.
PATTERN = re.compile(r'quant(ops)?(_[0-9]+)?/|FakeQuant')
_MIN, _MAX = '/min', '/max'


def select(names: Iterable[str]) -> list[str]:
  """Those of some variables that training for 8 bits adds, sorted."""
  return sorted(filter(PATTERN.search, names))


def check_rounding(
  shown: str, stored: Collection[str], wanted: Collection[str]
) -> None:
  """Makes sure that both checkpoint and network are for 8 bits, or neither.

  Args:
    shown: What errors call the checkpoint.
    stored: The keys that it holds.
    wanted: The variables of the network.

  Raises:
    CheckpointError: Only one of them has ranges.
  """
  found, expected = select(stored), select(wanted)
  if found and not expected:
    raise errors.CheckpointError(
      f'checkpoint {shown} was trained for 8 bits: it holds '
      f'{len(found)} ranges for rounding, such as {outside.shown(found[0])}, '
      'which the network does not apply; name its network in a spec file, as '
      '`slimhub inspect` shows it, or export the float checkpoint of the model'
    )
  if expected and not found:
    raise errors.CheckpointError(
      f'checkpoint {shown} was not trained for 8 bits: it holds '
      f'no ranges for rounding, and the network needs {len(expected)}, such as '
      f'{expected[0]}; name the checkpoint that was, or the network without '
      '_quant'
    )


def flaws(tensors: Mapping[str, np.ndarray]) -> dict[str, str]:
  """What is wrong with ranges, by the variable that holds the lower end.

  The ops that round need zero to be in every range.
  """
  found = {}
  for name in select(tensors):
    scope, separator, _ = name.rpartition(_MIN)
    high = tensors.get(f'{scope}{_MAX}')
    if separator and high is not None:
      low = tensors[name]
      if not low <= 0 <= high:
        found[name] = f'a range from {low:g} to {high:g}, expected 0 in it'
  return found
