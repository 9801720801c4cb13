"""Which artifact keeps a name that several have."""

from collections.abc import Mapping
import dataclasses

import model_specs


@dataclasses.dataclass(frozen=True)
class Claim:
  """Which names an artifact keeps, and which are those of others."""

  kept: tuple[str, ...]
  lost: Mapping[str, model_specs.Handle]

  @property
  def told(self) -> str:
    """What there is to say of the names of others; empty if there are none."""
    return ''.join(
      f'; {name} is that of {owner}' for name, owner in self.lost.items()
    )


def settle(
  names: Mapping[model_specs.Handle, tuple[str, ...]],
) -> dict[model_specs.Handle, Claim]:
  """Gives each name to one artifact: its own names first, then in order.

  Args:
    names: The names of each artifact, at least one, its own first.

  Returns:
    The claim of each artifact.
  """
  owners: dict[str, model_specs.Handle] = {}
  for handle, (own, *_) in names.items():
    owners.setdefault(own, handle)
  for handle, wanted in names.items():
    for name in wanted:
      owners.setdefault(name, handle)
  return {
    handle: Claim(
      tuple(name for name in wanted if owners[name] == handle),
      {name: owners[name] for name in wanted if owners[name] != handle},
    )
    for handle, wanted in names.items()
  }
