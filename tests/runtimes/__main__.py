"""`python -m tests.runtimes` runs all; writes exporter/cards/runtimes.tsv."""

import pathlib
import sys

import pytest

from exporter.cards import runtimes as results
from tests import source_tree
from tests.runtimes import runtimes

_PATH = source_tree.ROOT / 'exporter/cards' / results.TABLE.file


def main(path: pathlib.Path = _PATH) -> int:
  """The exit code; nothing is written unless all have run."""
  trials: list[results.Trial] = []
  for runtime in runtimes.RUNTIMES:
    try:
      new_trials = runtimes.trials(runtime)
    except pytest.skip.Exception as error:
      sys.stderr.write(f'{runtime}  not run: {error}\n')
      return 1
    for trial in new_trials:
      sys.stdout.write(f'{trial.title:35}  {trial.word:16}  {trial.result}\n')
    trials += new_trials
  path.write_text(results.TABLE.render(trials), 'utf-8')
  return 0


if __name__ == '__main__':
  sys.exit(main())
