"""What is known of a model of one's own that published ones need not say."""

import dataclasses
import pathlib


@dataclasses.dataclass(frozen=True)
class Own:
  """The facts that only an own model has."""

  publisher: str
  dataset: str  # Second part of its handles.
  dataset_title: str  # What cards call it.
  promises: tuple[tuple[int, int], ...]  # Own number -> published version.
  labels: tuple[str, ...]
  background: bool  # Whether class 0 is none of the dataset's.
  description: str
  measured_on: str
  license_url: str
  table: str  # All that its table says, labels included, as JSON.
  # Where it was declared; an export that is read again does not know.
  file: str = dataclasses.field(default='', repr=False, compare=False)
  folder: pathlib.Path | None = dataclasses.field(
    default=None, repr=False, compare=False
  )
  checkpoint: str = dataclasses.field(default='', repr=False, compare=False)
