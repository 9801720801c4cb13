"""`python -m tests.matrix [WORD]`: tries stacks and writes docs/matrix.md.

Those with a word in their name; all without one. It takes some minutes for
each, and gigabytes at first use. Exits with 1 if one of them failed.
"""

import datetime
import pathlib
import sys
import tempfile

from tests.matrix import page
from tests.matrix import run
from tests.matrix import stacks


def main(word: str) -> int:
  """The exit code."""
  today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
  problems = []
  for stack in stacks.STACKS:
    if word not in stack.name:
      continue
    with tempfile.TemporaryDirectory(prefix='slimhub_') as folder:
      outcome = run.examine(stack, pathlib.Path(folder))
    row = page.row(stack.name, outcome, today)
    page.write(row)
    sys.stdout.write(f'{" | ".join(row)}\n')
    if outcome.problem:
      problems.append(f'{stack.name}: {outcome.problem}')
  sys.stdout.writelines(f'{problem}\n' for problem in problems)
  return 1 if problems else 0


if __name__ == '__main__':
  sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ''))
