"""What an audit found: uses of operations, and what is wrong beside them."""

from collections.abc import Iterable
import dataclasses
import pathlib
from typing import NamedTuple

from exporter.audit import abilities


class Node(NamedTuple):
  """One operation of a program, and where it stands."""

  ability: abilities.Ability
  operation: str
  where: str  # The graph or the function, in words.
  name: str


@dataclasses.dataclass(frozen=True)
class Use:
  """An operation that a program has, with the first place where it stands."""

  ability: abilities.Ability
  operation: str
  count: int
  where: str
  node: str


@dataclasses.dataclass(frozen=True)
class Audit:
  """What one model can do."""

  path: str
  what: str  # The kind of files, in words.
  uses: tuple[Use, ...]  # By ability and operation.
  problems: tuple[str, ...]  # What is wrong with the files, apart from these.

  @property
  def is_closed(self) -> bool:
    """Whether it does nothing but compute, in its own memory."""
    allowed = all(use.ability in abilities.ALLOWED for use in self.uses)
    return allowed and not self.problems

  def of(self, ability: abilities.Ability) -> tuple[Use, ...]:
    """The uses of operations that can do this."""
    return tuple(use for use in self.uses if use.ability == ability)


def of_program(nodes: Iterable[Node], path: pathlib.Path) -> list[Node]:
  """The nodes of a program, which has at least one.

  Args:
    nodes: The nodes.
    path: The file that they were read from.

  Raises:
    ValueError: There are none: an empty file is a message without fields to
      most readers, and so is the beginning of one that was cut.
  """
  found = list(nodes)
  if not found:
    raise ValueError(
      f'{path.name}, of {path.stat().st_size:,} bytes, has no nodes, expected '
      'some: it is empty, cut or no model; get it again'
    )
  return found


def collect(nodes: Iterable[Node]) -> tuple[Use, ...]:
  """Counts operations, and keeps the first place of each."""
  first: dict[tuple[abilities.Ability, str], Node] = {}
  counts: dict[tuple[abilities.Ability, str], int] = {}
  for node in nodes:
    key = node.ability, node.operation
    first.setdefault(key, node)
    counts[key] = counts.get(key, 0) + 1
  order = list(abilities.Ability)
  return tuple(
    Use(*key, counts[key], first[key].where, first[key].name)
    for key in sorted(first, key=lambda k: (order.index(k[0]), k[1]))
  )
