"""Reads and writes clients.tsv: which clients were seen to work with artifacts.

`make consumers` writes the file. All that cards say of clients comes from it.
"""

from collections.abc import Iterable
import csv
import dataclasses
import functools
from importlib import resources
import io

FILE = 'clients.tsv'
OK = 'ok'
BROKEN = 'broken'


class ClientsError(ValueError):
  """A row or the header of clients.tsv is not what it must be."""


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
  versions: tuple[int, ...]  # The versions of the artifacts it was tried on.
  use: str
  result: str  # OK, or BROKEN, a colon and the reason.

  def __post_init__(self) -> None:
    if self.kind not in (OK, BROKEN):
      raise ClientsError(
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


_COLUMNS = tuple(field.name for field in dataclasses.fields(Result))


def render(results: Iterable[Result]) -> str:
  """The text of clients.tsv, with the results in the order given."""
  output = io.StringIO()
  writer = csv.writer(output, 'excel-tab', lineterminator='\n')
  writer.writerow(_COLUMNS)
  for result in results:
    row = dataclasses.asdict(result)
    row['versions'] = ' '.join(map(str, result.versions))
    writer.writerow(row.values())
  return output.getvalue()


def parse(text: str) -> tuple[Result, ...]:
  """The results that the text of clients.tsv holds.

  Raises:
    ClientsError: The columns or a row are not what they must be.
  """
  header, *rows = csv.reader(io.StringIO(text), 'excel-tab')
  if tuple(header) != _COLUMNS:
    raise ClientsError(f'the columns are {header}, expected {_COLUMNS}')
  results = []
  for row in rows:
    fields = dict(zip(_COLUMNS, row, strict=True))
    numbers = tuple(map(int, fields.pop('versions').split()))
    results.append(Result(versions=numbers, **fields))
  return tuple(results)


@functools.cache
def load_clients() -> tuple[Result, ...]:
  """The committed results, grouped by environment."""
  file = resources.files('exporter.cards').joinpath(FILE)
  return parse(file.read_text('utf-8'))
