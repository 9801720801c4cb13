"""Measures time and memory of an export, compared with keras.applications.

slimhub writes every handle in both formats with all signatures, proves each
artifact and renders its card. Keras writes the same models with one signature
and proves nothing. The floor is the time that it takes to write slimhub's bytes
and do nothing else.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from benchmarks import process
import model_specs

_OURS = 'mobilenet_v[12]_*'
_THEIRS = 'mobilenet_v[12]_*/*/5'  # The same models; Keras has only one format.


def _floor(exports: pathlib.Path, folder: pathlib.Path) -> float:
  done = subprocess.run(
    [sys.executable, '-m', 'benchmarks.floor', str(exports), str(folder)],
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
    check=True,
  )
  return float(done.stdout)


def _measure() -> tuple[dict[str, tuple[process.Figures, int]], float]:
  """What each program took, with how many artifacts it wrote; and the floor.

  The floor is in seconds for one artifact.
  """
  ours, theirs = (len(model_specs.find(p)) for p in (_OURS, _THEIRS))
  with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    exports = folder / 'slimhub'
    command = [
      *('exporter', 'export', _OURS, '--synthetic_weights'),
      f'--output_dir={exports}',
    ]
    measured = {'slimhub': (process.run(command), ours)}
    one = [*command, '--force', '--jobs=1']
    measured['slimhub, one worker'] = process.run(one), ours
    peer = ['benchmarks.keras_peer', str(folder / 'keras'), _THEIRS]
    measured['keras'] = process.run(peer), theirs
    return measured, _floor(exports, folder / 'floor') / ours


def main() -> None:
  """Prints the figures as a table, then as JSON."""
  measured, floor = _measure()
  figures, count = measured['keras']
  peer = figures.seconds / count
  print(f'{os.cpu_count()} cores')
  header = ('', 'artifacts', 's each', 'x keras', 'x floor', 'MB', 'MB of all')
  print('{:<22}{:>10}{:>8}{:>9}{:>9}{:>7}{:>11}'.format(*header))
  for name, (figures, count) in measured.items():
    each = figures.seconds / count
    print(
      f'{name:<22}{count:>10}{each:>8.2f}{peer / each:>9.1f}'
      f'{each / floor:>9.1f}{figures.largest_mb:>7.0f}'
      f'{figures.whole_mb:>11.0f}'
    )
  print(f'floor: {floor:.3f} s an artifact')
  print(
    json.dumps(
      {
        name: {'seconds': figures.seconds, 'artifacts': count}
        for name, (figures, count) in measured.items()
      }
    )
  )
