"""Measures how fast exports are on this machine; writes figures and a chart."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import itertools
import time

import numpy as np

from exporter import checkpoints
from exporter import errors
from exporter import storage
from exporter.measure import footprint
from exporter.measure import runners
from exporter.measure import speed as speed_lib
from exporter.measure import speed_chart
import model_specs

JSON, CHART = speed_lib.BENCHMARK_JSON, 'benchmark.svg'
_FEWEST = 10  # How often an artifact is run at least.
_TURNS = 5  # In how many turns the runs of an artifact are spread.
_SECONDS = 1.0  # About how long an artifact is run at each batch size.
# Gives what loads the artifact of a handle with its runtime alone.
Alone = Callable[[model_specs.Handle], footprint.Alone]


def _turn(
  run: runners.Run, images: np.ndarray, seconds: float
) -> Iterator[float]:
  """Yields the seconds of each run of one turn, after one to warm up."""
  run(images)
  end = time.perf_counter() + seconds
  for count in itertools.count():
    start = time.perf_counter()
    if count >= _FEWEST / _TURNS and start > end:
      return
    run(images)
    yield time.perf_counter() - start


def _time(
  runs: Mapping[str, runners.Run], images: np.ndarray, seconds: float
) -> dict[str, list[float]]:
  """Measures the seconds of each run of several artifacts.

  The artifacts take turns, so that a disturbance affects all of them.
  """
  taken: dict[str, list[float]] = {name: [] for name in runs}
  for _ in range(_TURNS):
    for name, run in runs.items():
      taken[name] += _turn(run, images, seconds / _TURNS)
  return taken


def _with_memory(
  speeds: Sequence[speed_lib.Speed],
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  alone: Alone,
  problems: list[str],
) -> list[speed_lib.Speed]:
  """The figures of some exports and the megabytes that each takes.

  An export that does not run in a process of its own is named in `problems`.
  """
  measured = {speed.name for speed in speeds}
  megabytes: dict[tuple[str, int], float] = {}
  for handle in handles:
    if str(handle) not in measured:
      continue
    try:
      with storage.open_artifact(output_dir, handle) as (artifact, _):
        peaks = footprint.peaks_mb(
          handle, artifact, alone(handle), speed_lib.BATCHES
        )
    except (errors.SlimhubError, ChildProcessError) as error:
      problems.append(f'{error}')
    else:
      megabytes |= {(str(handle), batch): mb for batch, mb in peaks.items()}
  return [
    dataclasses.replace(
      speed, memory_mb=megabytes.get((speed.name, speed.batch))
    )
    for speed in speeds
  ]


def _measure(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  load: runners.Load,
  seconds: float,
  problems: list[str],
) -> list[speed_lib.Speed]:
  """The figures of the exports of one network and task, and of Keras, last.

  What cannot be loaded is left out, and named in `problems`.
  """
  first, speeds = handles[0], []
  with contextlib.ExitStack() as stack:
    loaded = runners.load_each(handles, output_dir, load, stack, problems)
    if not loaded:
      return []
    runs = {name: each.run for name, each in loaded.items()}
    runs.update(runners.peer(first))
    for batch in speed_lib.BATCHES:
      images = checkpoints.synthetic_images(
        batch,
        first.spec.size,
        first.spec.size,
        channels=first.spec.family.channels,
      )
      for name, taken in _time(runs, images, seconds).items():
        one = speed_lib.summarize(first.folder, name, batch, taken)
        if name in loaded:
          one = dataclasses.replace(one, artifact=loaded[name].artifact)
        speeds.append(one)
  return sorted(speeds, key=lambda speed: list(runs).index(speed.name))


def benchmark(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  load: runners.Load,
  alone: Alone | None = None,
  seconds: float = _SECONDS,
) -> Iterator[list[speed_lib.Speed]]:
  """Measures exports, and in the end writes all figures beside them.

  Args:
    handles: The exports to measure, sorted by name.
    output_dir: The folder or bucket of exports.
    load: Loads an artifact, whatever its format is.
    alone: Gives the function that loads the artifact of a handle with its
      runtime alone, to measure its memory; None does not measure that.
    seconds: About how long to run an artifact at each batch size.

  Yields:
    The figures of one network and task after the other.

  Raises:
    ProofError: Some artifacts cannot be loaded; all others are measured then,
      and their figures are written.
  """
  speeds: list[speed_lib.Speed] = []
  problems: list[str] = []
  for _, group in itertools.groupby(handles, lambda handle: handle.folder):
    of_group = list(group)
    of_network = _measure(of_group, output_dir, load, seconds, problems)
    if alone is not None:
      of_network = _with_memory(
        of_network, of_group, output_dir, alone, problems
      )
    speeds += of_network
    if of_network:
      yield of_network
  if speeds:
    machine = speed_lib.this_machine()
    storage.write_text(output_dir / JSON, speed_lib.to_json(machine, speeds))
    storage.write_text(output_dir / CHART, speed_chart.render(machine, speeds))
  runners.raise_if_any(problems, 'measured')
