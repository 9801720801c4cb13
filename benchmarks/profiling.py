"""Tells where the time of exports goes, each part without those within it.

It is run as `python -m benchmarks.profiling [PATTERN...]`, exports the handles
in this process as a worker does, and prints the processor time of each part.
"""

import collections
from collections.abc import Iterator
import contextlib
import functools
import os
import pathlib
import sys
import tempfile
import time
from typing import Any

from exporter import artifacts
from exporter import checkpoints
from exporter import networks
from exporter import results
from exporter import storage
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import worker
import model_specs

_REST = 'all else'
_PATTERNS = (
  *('mobilenet_v1_050_160', 'mobilenet_v2_100_*', 'inception_v3'),
  *('resnet_v1_152', 'nasnet_large'),
)
# The work that no exporter with such a proof is spared: the passes of the
# networks, and the bytes.
_LIMIT = frozenset(
  {
    'running the source network',
    'running the artifact, inference',
    'running the artifact, training',
    'restoring the variables',
    'writing the variables',
    'hashing the files',
  }
)


def _parts() -> Iterator[tuple[str, Any, str]]:
  """What is measured: its name, and the function, as an attribute of which.

  The modules import TensorFlow, which must have been set up before.
  """
  from exporter.artifacts import variables
  from exporter.proof import comparison
  from exporter.proof import program
  from exporter.proof import session

  yield 'reading the checkpoint', checkpoints, 'read_checkpoint'
  yield 'building the networks', networks, 'sources'
  yield 'running the source network', networks.Source, 'run'
  yield 'running the source network', networks.Source, 'load'
  yield 'writing the variables', variables, 'write_variables'
  yield 'hashing the files', storage, 'hash_files'
  yield 'looking for unknown operations', artifacts, 'check_model'
  yield 'reading the graphs into a session', session, 'opened'
  yield 'restoring the variables', session.Session, '_set'
  yield 'running the artifact, inference', session.Session, 'run'
  yield 'running the artifact, training', session.Session, 'update'
  yield 'comparing numbers', comparison.Comparison, 'compare'
  yield 'the digest of the program', program, 'digest'
  yield 'putting the files in place', storage, 'deliver'


class _Clock:
  """Adds up the processor time of parts that may be within others."""

  def __init__(self) -> None:
    self.seconds: dict[str, float] = collections.defaultdict(float)
    self._running = [_REST]
    self._since = time.process_time()

  def _switch(self) -> None:
    now = time.process_time()
    self.seconds[self._running[-1]] += now - self._since
    self._since = now

  @contextlib.contextmanager
  def within(self, part: str) -> Iterator[None]:
    """What happens in the context is of this part, unless it is of another."""
    self._switch()
    self._running.append(part)
    try:
      yield
    finally:
      self._switch()
      self._running.pop()


def _watch(clock: _Clock) -> None:
  for part, owner, name in _parts():
    function = getattr(owner, name)

    def watched(
      *args: Any, _part: str = part, _call: Any = function, **kwargs: Any
    ) -> Any:
      with clock.within(_part):
        return _call(*args, **kwargs)

    setattr(owner, name, functools.wraps(function)(watched))


def _export(patterns: tuple[str, ...], folder: pathlib.Path) -> int:
  """Exports handles; returns how many."""
  template = orders_lib.Order(
    orders_lib.EXPORT, (), folder, weights=checkpoints.SYNTHETIC
  )
  count = 0
  with storage.hold(folder):
    for order in orders_lib.make_orders(model_specs.find(*patterns), template):
      for result in worker.perform(order):
        assert result.status == results.EXPORTED, result.reason
        count += 1
  return count


def main(patterns: tuple[str, ...]) -> None:
  """Prints a table of each pattern's parts, the longest first."""
  os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
  assert 'tensorflow' not in sys.modules  # Or it is not set up as in a worker.
  worker.prepare()
  clock = _Clock()
  _watch(clock)
  for pattern in patterns:
    clock.seconds.clear()
    with tempfile.TemporaryDirectory() as name, clock.within(_REST):
      count = _export((pattern,), pathlib.Path(name))
    total = sum(clock.seconds.values())
    limit = sum(clock.seconds[part] for part in _LIMIT)
    print(
      f'{pattern}: {count} artifacts, {total:.1f} s of processor time, '
      f'{total / limit:.2f} times the passes and the bytes'
    )
    longest_first = sorted(clock.seconds.items(), key=lambda item: -item[1])
    for part, seconds in longest_first:
      print(f'{seconds:>8.2f} s {seconds / total:>4.0%}  {part}')
    print()


if __name__ == '__main__':
  main(tuple(sys.argv[1:]) or _PATTERNS)
