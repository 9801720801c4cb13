"""How fast artifacts are on one machine: figures, as a table and as JSON."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
from importlib import metadata
import json
import pathlib
import platform
import statistics

from exporter import environment
from exporter import errors
from model_specs import kinds

BATCHES = (1, 8, 32)
BENCHMARK_JSON = 'benchmark.json'  # Its name in an export folder.
KERAS = 'keras.applications'  # What exports are measured beside.


@dataclasses.dataclass(frozen=True)
class Machine:
  """What the figures are of."""

  processor: str
  cores: int  # That this process may use; all of them work.
  system: str
  libraries: dict[str, str]

  def __str__(self) -> str:
    used = ', '.join(f'{k} {v}' for k, v in self.libraries.items())
    return f'{self.processor}, {self.cores} cores, {self.system}, with {used}'


@dataclasses.dataclass(frozen=True)
class Speed:
  """What one artifact, or Keras's network, takes for one size of batch."""

  network: str  # The handle without its version: what is comparable.
  name: str  # The artifact, or keras.applications' name.
  batch: int
  runs: int
  median_ms: float  # For a batch.
  p95_ms: float
  images_per_second: float  # By the median.


def _processor() -> str:
  try:
    text = pathlib.Path('/proc/cpuinfo').read_text()
  except OSError:  # Of Linux alone.
    text = ''
  for line in text.splitlines():
    key, _, value = line.partition(':')
    if key.strip() == 'model name':
      return value.strip()
  return platform.processor() or platform.machine()


def this_machine() -> Machine:
  """This one."""
  runtimes = [
    package
    for extra in dict.fromkeys(k.extra for k in kinds.known() if k.extra)
    for package in environment.packages(extra)
    if environment.is_installed(package)
  ]
  libraries = {
    **environment.libraries(*runtimes),
    'keras': metadata.version('keras'),
  }
  return Machine(
    _processor(), environment.cores(), platform.system(), libraries
  )


def summarize(
  network: str, name: str, batch: int, seconds: Sequence[float]
) -> Speed:
  """The figures of some runs."""
  ordered = sorted(seconds)
  median = statistics.median(ordered)
  p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
  return Speed(
    network,
    name,
    batch,
    len(ordered),
    round(1e3 * median, 3),
    round(1e3 * p95, 3),
    round(batch / median, 1),
  )


def to_json(on: Machine, found: Iterable[Speed]) -> str:
  """All of it, for programs."""
  facts = {
    'machine': dataclasses.asdict(on),
    'speeds': [dataclasses.asdict(speed) for speed in found],
  }
  return json.dumps(facts, indent=2) + '\n'


def parse_speeds(text: str | bytes, name: str) -> tuple[Machine, list[Speed]]:
  """Parses what `to_json` wrote; `name` is for the error.

  Raises:
    ManifestError: It is something else.
  """
  try:
    facts = json.loads(text)
    on = Machine(**facts['machine'])
    return on, [Speed(**speed) for speed in facts['speeds']]
  except (ValueError, TypeError, KeyError) as error:
    raise errors.ManifestError(
      f'{name} holds no figures of `slimhub benchmark` ({error!r}); '
      'run it again, or remove the file'
    ) from error


SPEED_COLUMNS = ('handle', 'batch', 'median_ms', 'p95_ms', 'images_per_second')


def speed_rows(found: Iterable[Speed]) -> list[tuple[str, ...]]:
  """A row for each, under COLUMNS."""
  return [
    (
      speed.name,
      f'{speed.batch}',
      f'{speed.median_ms:.2f}',
      f'{speed.p95_ms:.2f}',
      f'{speed.images_per_second:.0f}',
    )
    for speed in found
  ]
