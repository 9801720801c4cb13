"""The rows of the table: what slimhub takes, beside a peer in the same run.

slimhub writes every handle in both formats with all signatures, proves each
artifact and renders its card. Keras writes the same models with one signature
and proves nothing.
"""

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import os
import pathlib
import shutil
import subprocess
import sys

from benchmarks import process
import model_specs

_MOBILENETS = 'mobilenet_v[12]_*'
_ONE = 'mobilenet_v2_100_224'
_FIRST = f'{_ONE}/classification/5'
_KERAS_HAS = '/*/5'  # In one format, and only some networks.
_TIMES = 5  # What takes less than a second is run so often.
_PYTHON = (sys.executable, '-m')


@dataclasses.dataclass(frozen=True)
class Row:
  """What was measured of slimhub, and of its peer."""

  name: str
  ours: process.Figures
  count: int  # How many artifacts, or runs, it was.
  peer: str
  theirs: process.Figures
  their_count: int

  @property
  def each(self) -> float:
    """Seconds of slimhub for one artifact."""
    return self.ours.seconds / self.count

  @property
  def their_each(self) -> float:
    """Seconds of the peer for one."""
    return self.theirs.seconds / self.their_count

  @property
  def ratio(self) -> float:
    """How many times the peer's time slimhub takes."""
    return self.each / self.their_each


def _median(*command: str) -> process.Figures:
  figures = [process.run(command) for _ in range(_TIMES)]
  return sorted(figures, key=lambda each: each.seconds)[_TIMES // 2]


def _export(pattern: str, output: pathlib.Path, *flags: str) -> tuple[str, ...]:
  command = ('exporter', 'export', pattern, '--synthetic_weights')
  return (*_PYTHON, *command, f'--output_dir={output}', *flags)


def _keras(pattern: str, output: pathlib.Path) -> tuple[str, ...]:
  return (*_PYTHON, 'benchmarks.keras_peer', str(output), pattern)


def _hashes(folder: pathlib.Path) -> tuple[str, ...]:
  """Hashes all files of a folder on all cores."""
  jobs = f'-P {os.cpu_count()} -n 16'
  script = f'find "$0" -type f -print0 | xargs -0 {jobs} sha256sum'
  return ('sh', '-c', script, str(folder))


def _floor(exports: pathlib.Path, folder: pathlib.Path) -> float:
  """Seconds to write the bytes of all exports, and do nothing else."""
  done = subprocess.run(
    [*_PYTHON, 'benchmarks.floor', str(exports), str(folder)],
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
    check=True,
  )
  return float(done.stdout)


def _starting() -> Iterator[Row]:
  nothing = _median(sys.executable, '-c', 'pass')
  ours = _median(*_PYTHON, 'exporter', 'list')
  yield Row('`slimhub list`', ours, 1, '`python -c pass`', nothing, 1)


def _cold(folder: pathlib.Path) -> Iterator[Row]:
  """One model, by a user of whom nothing is remembered."""
  exports = folder / 'one'
  # Nothing of the first artifact is remembered for the others.
  home = {'SLIMHUB_HOME': str(folder / 'home')}
  keras = process.run(_keras(f'{_ONE}/classification/5', folder / 'keras_one'))
  tensorflow = _median(sys.executable, '-c', 'import tensorflow')
  first = process.run(_export(_FIRST, folder / 'first'), home)
  name = 'one model, cold: its first artifact'
  yield Row(name, first, 1, '`import tensorflow`', tensorflow, 1)
  ours = process.run(_export(f'{_ONE}/*', exports), home)
  yield Row('one model, cold: 4 artifacts', ours, 1, 'Keras: one', keras, 1)
  name = 'one model, cold: 4 artifacts'
  yield Row(name, ours, 1, '`import tensorflow`', tensorflow, 1)
  again = _median(*_export(f'{_ONE}/*', exports))
  hashing = _median(*_hashes(exports))
  yield Row('the same, in place', again, 1, '`sha256sum`', hashing, 1)


def _converted(folder: pathlib.Path) -> Iterator[Row]:
  """Files for other runtimes, beside what their converters write unproven."""
  formats = ('litert.float32', 'litert.float16', 'litert.dynamic', 'onnx')
  exports = folder / 'converted'
  process.run(_export(_FIRST, exports))
  peer = process.run(
    (*_PYTHON, 'benchmarks.converter_peer', str(exports), str(folder / 'peer'))
  )
  command = _export(_FIRST, exports, f'--formats={",".join(formats)}')
  ours = process.run(command)
  name, count = (
    '3 LiteRT files and ONNX of one model: one artifact',
    len(formats),
  )
  yield Row(name, ours, count, 'the converters alone', peer, count)


def _batch(
  title: str, pattern: str, folder: pathlib.Path, jobs: Sequence[int]
) -> Iterator[Row]:
  """Many models, and again when they are in place.

  Args:
    title: What they are called.
    pattern: Matches them.
    folder: For all that is written.
    jobs: How many workers make them, each time.
  """
  exports = folder / 'exports'
  count = len(model_specs.find(pattern))
  peer = process.run(_keras(pattern + _KERAS_HAS, folder / 'keras'))
  theirs = len(list((folder / 'keras').rglob('saved_model.pb')))
  shutil.rmtree(folder / 'keras')
  for number in jobs:
    command = _export(pattern, exports, '--force', f'--jobs={number}')
    workers = f'{number} workers' if number != 1 else '1 worker'
    ours = process.run(command)
    name = f'{title}, {workers}: one artifact'
    yield Row(name, ours, count, 'Keras', peer, theirs)
  writing = process.Figures(_floor(exports, folder / 'floor'), 0, 0)
  yield Row(name, ours, count, 'writing the bytes', writing, count)
  again = process.run(_export(pattern, exports))
  hashing = process.run(_hashes(exports))
  yield Row(f'{title}, all in place', again, 1, '`sha256sum`', hashing, 1)


def measure(folder: pathlib.Path, *, shelf: bool) -> Iterator[Row]:
  """Measures row after row.

  Args:
    folder: An empty folder for all that is written.
    shelf: Whether all models are measured, which takes long, and not the
      MobileNets alone.
  """
  yield from _starting()
  yield from _cold(folder)
  yield from _converted(folder)
  cores = os.cpu_count() or 1
  place = folder / 'mobilenets'
  yield from _batch('the MobileNets', _MOBILENETS, place, (1, cores))
  if shelf:
    shutil.rmtree(place)  # The disk may not take all at once.
    yield from _batch('all models', '*', folder / 'shelf', (cores,))
