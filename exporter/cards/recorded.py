"""Tables of what was seen to work: a command writes them, and cards read them.

Each is a file of tab-separated values beside this module, with a column for
each field of a row.
"""

from collections.abc import Iterable
import csv
import dataclasses
import functools
from importlib import resources
import io
from typing import Any
from typing import Generic
from typing import TypeVar

_Row = TypeVar('_Row', bound=Any)


class RecordedError(ValueError):
  """A row or the header of a table is not what it must be."""


@dataclasses.dataclass(frozen=True)
class Table(Generic[_Row]):
  """A table whose rows are of one dataclass; its fields are of `str`.

  A field of another type has its metadata say how it is read: `read`, a
  function of the text. A tuple is written as words.
  """

  file: str  # Its name.
  row: type[_Row]

  @property
  def _columns(self) -> list[str]:
    return [field.name for field in dataclasses.fields(self.row)]

  def render(self, rows: Iterable[_Row]) -> str:
    """The text of the file, with the rows in the order given."""
    output = io.StringIO()
    writer = csv.writer(output, 'excel-tab', lineterminator='\n')
    writer.writerow(self._columns)
    for row in rows:
      writer.writerow(
        ' '.join(map(str, cell)) if isinstance(cell, tuple) else cell
        for cell in dataclasses.astuple(row)
      )
    return output.getvalue()

  def parse(self, text: str) -> tuple[_Row, ...]:
    """The rows that a text holds.

    Raises:
      RecordedError: The columns or a row are not what they must be.
    """
    header, *rows = csv.reader(io.StringIO(text), 'excel-tab')
    if header != self._columns:
      raise RecordedError(
        f'{self.file}: the columns are {header}, expected {self._columns}'
      )
    readers = [
      field.metadata.get('read', str) for field in dataclasses.fields(self.row)
    ]
    return tuple(
      self.row(*(read(cell) for read, cell in zip(readers, row, strict=True)))
      for row in rows
    )

  @functools.cached_property
  def committed(self) -> tuple[_Row, ...]:
    """The rows of the file that slimhub brings."""
    file = resources.files('exporter.cards').joinpath(self.file)
    return self.parse(file.read_text('utf-8'))
