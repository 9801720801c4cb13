"""The figures of how fast artifacts are, as a table and as JSON."""

from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import json
import pathlib
import platform
import statistics

from exporter import environment
from exporter import errors
from exporter import storage
import model_specs
from model_specs import kinds

BATCHES = (1, 8, 32)
BENCHMARK_JSON = 'benchmark.json'  # The name of the file in an export folder.
KERAS = 'keras.applications'  # The networks that exports are compared with.


@dataclasses.dataclass(frozen=True)
class Machine:
  """The machine that was measured."""

  processor: str
  cores: int  # How many this process may use; it uses all of them.
  system: str
  libraries: dict[str, str]

  def __str__(self) -> str:
    used = ', '.join(f'{k} {v}' for k, v in self.libraries.items())
    return f'{self.processor}, {self.cores} cores, {self.system}, with {used}'


@dataclasses.dataclass(frozen=True)
class Speed:
  """How fast one artifact, or the network of Keras, is at one batch size."""

  network: str  # The handle without version; speeds of one network compare.
  name: str  # The handle of the artifact, or KERAS.
  batch: int
  runs: int
  median_ms: float  # For one batch.
  p95_ms: float
  images_per_second: float  # At the median.
  # Of a process that does nothing else, at its peak.
  memory_mb: float | None = None
  # The digest of the manifest of what was measured; empty for KERAS.
  artifact: str = ''


@dataclasses.dataclass(frozen=True)
class Timed:
  """How fast one export is on one machine, beside Keras's network."""

  machine: Machine
  own: tuple[Speed, ...]
  keras: tuple[Speed, ...]  # Empty where Keras has no such network.


@dataclasses.dataclass(frozen=True)
class _File:
  """The whole of BENCHMARK_JSON."""

  machine: Machine
  speeds: tuple[Speed, ...]


def _processor() -> str:
  try:
    text = pathlib.Path('/proc/cpuinfo').read_text()
  except OSError:  # Only Linux has the file.
    text = ''
  for line in text.splitlines():
    key, _, value = line.partition(':')
    if key.strip() == 'model name':
      return value.strip()
  return platform.processor() or platform.machine()


def this_machine() -> Machine:
  """Describes the machine that this process runs on."""
  runtimes = [
    package
    for extra in dict.fromkeys(k.extra for k in kinds.known() if k.extra)
    for package in environment.packages(extra)
    if environment.is_installed(package)
  ]
  libraries = environment.libraries(*runtimes)
  if keras := environment.version('keras'):
    libraries['keras'] = keras
  return Machine(
    _processor(), environment.cores(), platform.system(), libraries
  )


def summarize(
  network: str, name: str, batch: int, seconds: Sequence[float]
) -> Speed:
  """The figures of some runs, given the seconds that each took."""
  median = statistics.median(seconds)
  # The 95th percentile may lie between two runs: of 20, between the last two.
  p95 = max(seconds)
  if len(seconds) > 1:
    *_, p95 = statistics.quantiles(seconds, n=20, method='inclusive')
  return Speed(
    network,
    name,
    batch,
    len(seconds),
    round(1e3 * median, 3),
    round(1e3 * p95, 3),
    round(batch / median, 1),
  )


def of_export(
  handle: model_specs.Handle, on: Machine, speeds: Iterable[Speed]
) -> Timed:
  """What some figures say of one export and of its peer in Keras."""
  same = [speed for speed in speeds if speed.network == handle.folder]
  return Timed(
    on,
    tuple(speed for speed in same if speed.name == str(handle)),
    tuple(speed for speed in same if speed.name.startswith(KERAS)),
  )


def to_json(machine: Machine, speeds: Iterable[Speed]) -> str:
  """The text of BENCHMARK_JSON."""
  file = _File(machine, tuple(speeds))
  return json.dumps(dataclasses.asdict(file), indent=2) + '\n'


def parse_speeds(text: str | bytes, name: str) -> tuple[Machine, list[Speed]]:
  """Parses what `to_json` wrote.

  Args:
    text: The content of the file.
    name: What to call the file in an error.

  Returns:
    The machine, and the figures that were measured on it.

  Raises:
    ManifestError: The text is something else.
  """
  try:
    file = storage.parse_record(_File, text)
    return file.machine, [*file.speeds]
  except ValueError as error:
    raise errors.ManifestError(
      f'{name} holds no figures of `slimhub benchmark` ({error!r}); '
      'run it again, or remove the file'
    ) from error


SPEED_COLUMNS = (
  'handle',
  'batch',
  'median_ms',
  'p95_ms',
  'images_per_second',
  'memory_mb',
)


def speed_rows(speeds: Iterable[Speed]) -> list[tuple[str, ...]]:
  """The rows of a table of speeds, with the columns SPEED_COLUMNS."""
  return [
    (
      speed.name,
      f'{speed.batch}',
      f'{speed.median_ms:.2f}',
      f'{speed.p95_ms:.2f}',
      f'{speed.images_per_second:.0f}',
      '-' if speed.memory_mb is None else f'{speed.memory_mb:.0f}',
    )
    for speed in speeds
  ]
