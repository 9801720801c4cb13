"""Who makes an artifact, and when: what no manifest says."""

import dataclasses
import datetime

from exporter import checkpoints
from exporter import environment
from exporter import how_to
from exporter import storage
import model_specs
from model_specs import kinds


@dataclasses.dataclass(frozen=True)
class Build:
  """What is known of the process that makes artifacts."""

  commit: str = ''  # Of slimhub's repository, which it was installed from.
  # None unless SOURCE_DATE_EPOCH names it, as the same inputs must always give
  # the same files.
  time: datetime.datetime | None = None

  @property
  def stamp(self) -> str:
    """The time as files spell it; empty if there is none."""
    return self.time.strftime('%Y-%m-%dT%H:%M:%SZ') if self.time else ''


def this_build() -> Build:
  """What is known of this process.

  Raises:
    ExportError: SOURCE_DATE_EPOCH is set and is no time.
  """
  return Build(environment.commit(), environment.source_date())


def command(handle: model_specs.Handle, manifest: storage.Manifest) -> str:
  """The command that makes an artifact, without the folders of a machine."""
  words = [f'--formats={handle.kind.word}']
  if manifest.weights.kind == checkpoints.SYNTHETIC:
    words.append('--synthetic_weights')
  else:
    words.append(f'--weights={manifest.weights.kind}')
  if manifest.batch == kinds.DYNAMIC and handle.kind.fixes_batch:
    words.append(f'--litert_batch={kinds.DYNAMIC}')
  if manifest.pictures:
    words.append('--representative_images=DIR')
  words.append('--output_dir=DIR')
  return how_to.export(handle, *words, name=str(handle.origin))
