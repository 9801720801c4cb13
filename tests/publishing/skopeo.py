"""Debian's skopeo, which reads and copies images as registries do."""

import shutil
import subprocess


def run(*arguments: object) -> str:
  """Runs skopeo with some arguments; returns its output."""
  program = shutil.which('skopeo')
  assert program, 'skopeo is missing; apt-get install skopeo'
  done = subprocess.run(
    [program, *map(str, arguments)],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr
  return done.stdout
