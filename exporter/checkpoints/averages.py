"""Finds moving averages that are not where TF-Slim's own programs leave them.

An average is called VARIABLE/ExponentialMovingAverage. A program that made it
below a scope, or under a name of its own, has it elsewhere.
"""

from collections import Counter
from collections.abc import Collection
from collections.abc import Mapping
import re

from exporter.checkpoints import weights as weights_lib
from model_specs import outside

# What TensorFlow's optimizers, and those of its contrib, call their slots.
_OF_OPTIMIZERS = re.compile(
  r'(momentum|adam(ax|w|weightdecay)?|rmsprop|adagrad(da)?|adadelta|ftrl|'
  r'proximaladagrad|addsign|powersign|lars|lamb|nadam|lazyadam|ggt|shampoo|'
  r'gradient_?descent|[mv]|(adam|lamb)_[mv]|mg|ms|accum(ulator)?|linear)'
  r'(optimizer)?(_[0-9]+)?',
  re.IGNORECASE,
)
_ENOUGH = 0.5  # With this share of the variables, it is no accident.


def _home(base: str, keys: Collection[str]) -> str:
  """The variable whose average lies below one more scope; empty if none."""
  name = base.partition('/')[2]
  while name and name not in keys:
    name = name.partition('/')[2]
  return name


def beside(keys: Collection[str]) -> dict[str, str]:
  """The keys of a checkpoint by name, each average by that of its variable.

  An average that was made below a scope has that before its variable's name.
  Where a variable would have several averages so, none of them moves.
  """
  homes = {}
  for key in keys:
    base = key.removesuffix(weights_lib.SHADOW)
    if base != key and base not in keys and (home := _home(base, keys)):
      homes[key] = home + weights_lib.SHADOW
  counts = Counter(homes.values())
  moved = {
    key: home
    for key, home in homes.items()
    if counts[home] == 1 and home not in keys
  }
  return {moved.get(key, key): key for key in keys}


def is_of_optimizer(slot: str) -> bool:
  """Whether optimizers call their slots so."""
  return bool(_OF_OPTIMIZERS.fullmatch(slot))


def unnamed(
  shapes: Mapping[str, tuple[int, ...]], trainable: Collection[str]
) -> dict[str, int]:
  """What may be averages under another name: how many of each name there are.

  Args:
    shapes: The shapes of all tensors of a checkpoint.
    trainable: The variables of the network that have averages, if any has.
  """
  counts = Counter(
    key.rpartition('/')[2]
    for key, shape in shapes.items()
    if (name := key.rpartition('/')[0]) in trainable
    and shape == shapes.get(name)
    and not key.endswith(weights_lib.SHADOW)
  )
  return {
    slot: count
    for slot, count in counts.items()
    if count >= _ENOUGH * len(trainable) and not is_of_optimizer(slot)
  }


def warning(found: Mapping[str, int]) -> str:
  """Says that a checkpoint may hold averages that are not exported."""
  if not found:
    return ''
  named = ' and '.join(
    f'{count} variables have a companion .../{outside.shown(slot)}'
    for slot, count in found.items()
  )
  return (
    f'warning: {named}, as no optimizer of TensorFlow calls them; if these are '
    f'moving averages, save them as ...{weights_lib.SHADOW}: the weights '
    'without averaging were exported. --weights=raw says that those are meant'
  )
