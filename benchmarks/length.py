"""Measures whether a long batch needs more time or memory than a short one.

It is run as `python -m benchmarks.length [ARTIFACTS]`. It exports so many
models of made-up names with one worker, and prints the time and the worker's
peak of memory after each quarter of them.
"""

import dataclasses
import itertools
import multiprocessing
import pathlib
import sys
import tempfile
import time

from benchmarks import process
from exporter import results as results_lib
from exporter.pipeline import batch
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import processes
import model_specs

_MODELS = ('mobilenet_v1_025_128', 'mobilenet_v2_140_224')


def _handles(count: int) -> list[model_specs.Handle]:
  """Handles with made-up names, of a small and a large model in turn."""
  sources = [model_specs.find(f'{m}/feature_vector/5')[0] for m in _MODELS]
  handles = []
  for number, source in zip(range(count), itertools.cycle(sources)):
    name = f'{source.spec.name}_{number}'
    spec = dataclasses.replace(source.spec, name=name)
    handles.append(dataclasses.replace(source, spec=spec))
  return handles


def main(count: int) -> None:
  """Prints a line after each quarter of the artifacts."""
  with tempfile.TemporaryDirectory() as folder:
    template = orders_lib.Order(
      orders_lib.EXPORT, (), pathlib.Path(folder), weights='synthetic'
    )
    orders = orders_lib.make_orders(_handles(count), template)
    start = time.monotonic()
    results = batch.run_orders(orders, processes.Processes(1))
    for number, result in enumerate(results, 1):
      assert result.status == results_lib.EXPORTED, result.reason
      if number % (count // 4) == 0:
        (worker,) = multiprocessing.active_children()
        assert worker.pid is not None  # It is alive.
        peak, shared = process.peak_mb(worker.pid)
        print(
          f'{number:>5} artifacts {time.monotonic() - start:>7.1f} s, '
          f'peak {peak:.0f} MB with {shared:.0f} MB of libraries'
        )


if __name__ == '__main__':
  main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
