"""The worker processes of a run, for tests that kill them."""

import pathlib
import subprocess

from exporter.storage import delivery


def pids(parent: int) -> list[int]:
  """The workers that a process has started and that live."""
  done = subprocess.run(
    ['pgrep', '-P', str(parent), '-f', 'spawn_main'],
    capture_output=True,
    text=True,
    check=False,
  )
  return [int(pid) for pid in done.stdout.split()]


def are_at_work(folder: pathlib.Path) -> bool:
  """Whether a run has workers that export to a folder."""
  return any((folder / delivery.STAGING).glob('*/worker-*.log'))
