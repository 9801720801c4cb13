"""Seconds and memory per artifact, beside keras.applications in the same run.

Both write the same twelve models: MobileNet V2 at six multipliers, size 224,
classifier and feature extractor. slimhub writes each as TF2 SavedModel with
all its signatures, proves it and renders its card; Keras writes one signature
and proves nothing.
"""

from collections.abc import Sequence
import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

_HANDLES = 'mobilenet_v2_*_224/*/5'
_ARTIFACTS = 12
_MEGABYTE = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Figures:
  """What one program took to write all artifacts."""

  seconds: float
  peak_mb: float  # Of its largest process.
  artifact_mb: float  # Mean size on disk.

  @property
  def seconds_per_artifact(self) -> float:
    """Wall-clock time, start-up included."""
    return self.seconds / _ARTIFACTS


def _size(folder: pathlib.Path) -> int:
  return sum(f.stat().st_size for f in folder.rglob('*') if f.is_file())


def _run(command: Sequence[str], folder: pathlib.Path) -> Figures:
  start = time.monotonic()
  process = subprocess.Popen(
    [sys.executable, '-m', *command],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
    env={**os.environ, 'TF_CPP_MIN_LOG_LEVEL': '3'},
  )
  _, status, usage = os.wait4(process.pid, 0)
  if status:
    raise RuntimeError(f'{" ".join(command)} failed with status {status}')
  return Figures(
    seconds=time.monotonic() - start,
    peak_mb=usage.ru_maxrss * 1024 / _MEGABYTE,
    artifact_mb=_size(folder) / _ARTIFACTS / _MEGABYTE,
  )


def _measure() -> dict[str, Figures]:
  with tempfile.TemporaryDirectory() as name:
    ours, theirs = pathlib.Path(name, 'slimhub'), pathlib.Path(name, 'keras')
    flags = [f'--output_dir={ours}', '--synthetic_weights']
    return {
      'slimhub': _run(['exporter', 'export', _HANDLES, *flags], ours),
      'slimhub, one worker': _run(
        ['exporter', 'export', _HANDLES, *flags, '--force', '--jobs=1'], ours
      ),
      'keras': _run(['benchmarks.keras_peer', str(theirs)], theirs),
    }


def main() -> None:
  """Prints the figures as a table, then as JSON."""
  figures = _measure()
  peer = figures['keras']
  print(f'{_ARTIFACTS} artifacts on {os.cpu_count()} cores')
  print(
    f'{"":<22}{"s/artifact":>11}{"of keras":>10}{"peak MB":>9}{"MB each":>9}'
  )
  for name, figure in figures.items():
    ratio = figure.seconds_per_artifact / peer.seconds_per_artifact
    print(
      f'{name:<22}{figure.seconds_per_artifact:>11.2f}{ratio:>10.2f}'
      f'{figure.peak_mb:>9.0f}{figure.artifact_mb:>9.1f}'
    )
  print(json.dumps({n: dataclasses.asdict(f) for n, f in figures.items()}))
