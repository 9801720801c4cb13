"""What the spec of a user's own model holds beyond that of a published one."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Own:
  """The facts of a user's own model that a published model does not have."""

  publisher: str
  dataset: str  # The second part of its handles.
  dataset_title: str  # What cards call the dataset.
  # Pairs of a version number of the model, and the published version whose
  # promises it keeps.
  promises: tuple[tuple[int, int], ...]
  labels: tuple[str, ...]  # Empty if nobody named the classes.
  background: bool  # Whether class 0 is the background.
  description: str
  measured_on: str
  license_url: str
  table: str  # The table of the spec file as JSON, with all labels.
  # Pairs of another name, and the TASK/VERSION that it means; they are in the
  # table, too.
  also_known_as: tuple[tuple[str, str], ...] = dataclasses.field(
    default=(), repr=False
  )
  # Where the model was declared. One that was read from an export has the name
  # of its manifest, and no folder.
  file: str = dataclasses.field(default='', repr=False, compare=False)
  folder: pathlib.Path | None = dataclasses.field(
    default=None, repr=False, compare=False
  )
  checkpoint: str = dataclasses.field(default='', repr=False, compare=False)

  @property
  def spec_file(self) -> str:
    """The path of its spec file; empty if it was read from an export."""
    return self.file if self.folder and self.folder.is_absolute() else ''

  def aliases_of(self, task: str, number: int) -> tuple[str, ...]:
    """The other names of the handle with this task and number."""
    wanted = f'{task}/{number}'
    return tuple(name for name, meant in self.also_known_as if meant == wanted)
