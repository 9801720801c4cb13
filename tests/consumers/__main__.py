"""Runs every client, prints the table, writes exporter/cards/clients.tsv.

`python -m tests.consumers [JOBS [WORD]]`: all, or those with a word in their
name; exits with 1 if an artifact of ours failed.
"""

from concurrent import futures
import pathlib
import sys
import tempfile
import time

from exporter.cards import client_results
from tests.consumers import cases
from tests.consumers import environments
from tests.consumers import runs
from tests.consumers import table


def _say(*lines: str) -> None:
  sys.stdout.writelines(f'{line}\n' for line in lines)
  sys.stdout.flush()


def main(jobs: int, word: str) -> int:
  """The exit code."""
  rows: dict[runs.Run, list[client_results.Result]] = {}
  failed, missing = [], []
  with tempfile.TemporaryDirectory(prefix='slimhub_') as folder:
    root = pathlib.Path(folder)
    for name in cases.NAMES:
      cases.once(name, root)

    def perform(run: runs.Run) -> None:
      start = time.monotonic()
      try:
        package_versions, outcomes = runs.perform(
          run, lambda n: cases.once(n, root)
        )
      except environments.MissingPythonError as error:
        missing.append(f'{run}  not run: {error}')
        return
      except RuntimeError as error:
        failed.append(str(error))
        return
      _say(*table.lines(run, package_versions, outcomes))
      _say(f'  {time.monotonic() - start:.0f} seconds')
      bad = [o for o in outcomes if o.result.startswith(runs.FAILED)]
      failed.extend(f'{run}  {o.name}  {o.use}  {o.result}' for o in bad)
      if not bad:
        rows[run] = table.rows(run, package_versions, outcomes)

    with futures.ThreadPoolExecutor(jobs) as pool:
      list(pool.map(perform, [run for run in runs.RUNS if word in str(run)]))
  _say('', *missing, *failed)
  if failed:
    return 1
  table.write(rows)
  _say(f'{len(rows)} of {len(runs.RUNS)} clients ran; {table.PATH} is written')
  return 0


if __name__ == '__main__':
  _jobs, _word, *_ = (*sys.argv[1:], *('1', '')[len(sys.argv) - 1 :])
  sys.exit(main(int(_jobs), _word))
