"""Reads and writes clients.tsv: which clients were seen to work with artifacts.

`make consumers` writes the file. All that cards say of clients comes from it.
"""

import dataclasses

from exporter.cards import recorded

OK = 'ok'
BROKEN = 'broken'


def _numbers(text: str) -> tuple[int, ...]:
  return tuple(map(int, text.split()))


@dataclasses.dataclass(frozen=True)
class Result:
  """What came of one use of one client in one environment."""

  environment: str
  client: str
  python: str
  tensorflow: str
  tensorflow_hub: str  # Empty if the client does not use it.
  keras: str  # Empty if the client does not use it.
  format: str  # As `model_specs.versions` spells it.
  # The versions of the artifacts it was tried on.
  versions: tuple[int, ...] = dataclasses.field(metadata={'read': _numbers})
  use: str
  result: str  # OK, or BROKEN, a colon and the reason.

  def __post_init__(self) -> None:
    if self.kind not in (OK, BROKEN):
      raise recorded.RecordedError(
        f'{self.environment}, {self.client}, {self.use}: the result is '
        f'{self.result!r}, expected {OK!r} or {BROKEN!r} and a reason'
      )

  @property
  def kind(self) -> str:
    """Whether the result is OK or BROKEN, without the reason."""
    return self.result.partition(':')[0]

  @property
  def reason(self) -> str:
    """Why the client is broken; empty where it works."""
    return self.result.partition(': ')[2]

  @property
  def works(self) -> bool:
    """Whether the client did what was expected."""
    return self.kind == OK


TABLE = recorded.Table('clients.tsv', Result)


def load_clients() -> tuple[Result, ...]:
  """The committed results, grouped by environment."""
  return TABLE.committed
