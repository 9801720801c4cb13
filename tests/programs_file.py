"""Writes the table of programs that comes with slimhub: see `make programs`.

It believes what manifests say, so it is for exports that were just made here.
"""

from collections.abc import Iterator
import dataclasses
import datetime
import pathlib
import sys

import tensorflow as tf

from exporter import storage
from exporter.proof import program
from exporter.proof import programs
from tests import source_tree

PATH = source_tree.ROOT / 'exporter/proof' / programs.PROGRAMS


def _of(folder: pathlib.Path, today: str) -> Iterator[programs.Program]:
  """The program of every export in a folder, some of them twice."""
  for handle in storage.find_artifacts(folder).usable:
    described = storage.read_manifest(folder, handle.stem)
    assert described is not None  # It was just found.
    checks = {check.name: check for check in described.proof}
    if programs.THROUGH not in checks:
      continue  # A converted file.
    through = checks[programs.THROUGH]
    gradients = checks.get(programs.GRADIENTS)
    yield programs.Program(
      tf.__version__,
      programs.asked(),
      program.digest(storage.place(folder, handle).artifact),
      programs.Answer(
        through.compared,
        gradients.compared if gradients else 0,
        through.proven or today,
      ),
      str(handle),
    )


def renew(
  known: tuple[programs.Program, ...], folder: pathlib.Path, today: str
) -> tuple[programs.Program, ...]:
  """The programs of some exports, with what is known for other TensorFlows.

  Args:
    known: The programs in the table so far.
    folder: The exports.
    today: The date of what was asked for the first time.
  """
  kept = [
    each
    for each in known
    if each.asked == programs.asked() and each.tensorflow != tf.__version__
  ]
  renewed: dict[str, programs.Program] = {}
  for each in sorted(_of(folder, today), key=lambda each: each.handle):
    first = renewed.setdefault(each.digest, each)
    # One program is one answer, whichever artifact it is asked for.
    assert dataclasses.replace(each, handle=first.handle) == first, each
  return (*kept, *renewed.values())


if __name__ == '__main__':
  before = programs.parse(PATH.read_text('utf-8'), str(PATH))
  after = renew(
    before, pathlib.Path(sys.argv[1]), datetime.date.today().isoformat()
  )
  PATH.write_text(programs.render(after), 'utf-8')
