"""How fast exports are on this machine -> figures, a chart, and their cards."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import itertools
import time

import numpy as np

from exporter import checkpoints
from exporter import environment
from exporter import storage
from exporter.measure import runners
from exporter.measure import speed as speed_lib
from exporter.measure import speed_chart
import model_specs

JSON, CHART = speed_lib.BENCHMARK_JSON, 'benchmark.svg'
_FEWEST = 10  # Runs.
_TURNS = 5
_SECONDS = 1.0  # About as long each is run with each batch.


def _turn(
  run: runners.Run, images: np.ndarray, seconds: float
) -> Iterator[float]:
  """Seconds of each run of one turn, after one that is not counted."""
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
  """Seconds of each run; in turns, so that what disturbs disturbs all."""
  taken: dict[str, list[float]] = {name: [] for name in runs}
  for _ in range(_TURNS):
    for name, run in runs.items():
      taken[name] += _turn(run, images, seconds / _TURNS)
  return taken


def _measure(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  load: runners.Load,
  seconds: float,
) -> list[speed_lib.Speed]:
  """The figures of the exports of one network and task, Keras's last."""
  first, found = handles[0], []
  with contextlib.ExitStack() as stack:
    runs = {}
    for handle in handles:
      place = storage.place(output_dir, handle)
      artifact = stack.enter_context(storage.local_copy(place.artifact))
      runs[str(handle)] = load(handle, artifact, environment.cores())
    runs.update(runners.peer(first))
    for batch in speed_lib.BATCHES:
      images = checkpoints.synthetic_images(
        batch, first.spec.size, first.spec.size
      )
      for name, taken in _time(runs, images, seconds).items():
        found.append(speed_lib.summarize(first.folder, name, batch, taken))
  return sorted(found, key=lambda speed: list(runs).index(speed.name))


def benchmark(
  handles: Sequence[model_specs.Handle],
  output_dir: storage.Folder,
  load: runners.Load,
  seconds: float = _SECONDS,
) -> Iterator[list[speed_lib.Speed]]:
  """Measures exports; at the end writes what was found beside them.

  Args:
    handles: Which, sorted by name.
    output_dir: Where they are.
    load: Loads an artifact, whatever its format is.
    seconds: About as long an artifact is run with each batch.

  Yields:
    The figures of one network and task.

  Raises:
    ManifestError: An export has no readable manifest.
    ProofError: An artifact cannot be loaded.
  """
  found: list[speed_lib.Speed] = []
  for _, group in itertools.groupby(handles, lambda handle: handle.folder):
    measured = _measure(list(group), output_dir, load, seconds)
    found += measured
    yield measured
  on = speed_lib.this_machine()
  storage.write_text(output_dir / JSON, speed_lib.to_json(on, found))
  storage.write_text(output_dir / CHART, speed_chart.render(on, found))
