"""Outcomes -> the rows of exporter/cards/clients.tsv."""

from collections.abc import Iterable
import pathlib

from exporter.cards import client_results
from tests import artifacts_made as artifacts
from tests import source_tree
from tests.consumers import runs

PATH = source_tree.ROOT / 'exporter/cards' / client_results.TABLE.file

_Fact = tuple[str, str, int, str]  # Format, use, version, kind.


def _number(outcome: runs.Outcome) -> int:
  return artifacts.handle(outcome.name).number


def rows(
  run: runs.Run,
  package_versions: dict[str, str],
  outcomes: Iterable[runs.Outcome],
) -> list[client_results.Result]:
  """The rows of a run; a version is as good as its worst artifact."""
  worst: dict[tuple[str, int], str] = {}
  for outcome in outcomes:
    key = outcome.use, _number(outcome)
    if worst.get(key, client_results.OK) == client_results.OK:
      worst[key] = outcome.result
  numbers: dict[tuple[str, str], list[int]] = {}
  for (use, number), result in worst.items():
    numbers.setdefault((use, result), []).append(number)
  version_format = artifacts.handle(run.names[0]).version.format
  return [
    client_results.Result(
      environment=run.environment.name,
      client=run.client,
      python=package_versions['python'],
      tensorflow=package_versions['tensorflow'],
      tensorflow_hub=package_versions.get('tensorflow-hub', ''),
      keras=package_versions.get('keras', ''),
      format=version_format,
      versions=tuple(sorted(versions)),
      use=use,
      result=result,
    )
    for (use, result), versions in numbers.items()
  ]


def facts(results: Iterable[client_results.Result]) -> set[_Fact]:
  """What a newer release of a library must leave as it was."""
  return {
    (result.format, result.use, number, result.kind)
    for result in results
    for number in result.versions
  }


def committed(run: runs.Run) -> list[client_results.Result]:
  """The rows of a run as they are committed."""
  return [
    result
    for result in client_results.load_clients()
    if (result.environment, result.client) == (run.environment.name, run.client)
  ]


def write(
  rows_by_run: dict[runs.Run, list[client_results.Result]],
  path: pathlib.Path = PATH,
) -> None:
  """Writes the file: of runs that were not made, the rows stay."""
  results: list[client_results.Result] = []
  for run in runs.RUNS:
    results += rows_by_run[run] if run in rows_by_run else committed(run)
  path.write_text(client_results.TABLE.render(results), 'utf-8')


def lines(
  run: runs.Run,
  package_versions: dict[str, str],
  outcomes: Iterable[runs.Outcome],
) -> list[str]:
  """The table that people read: each use of each artifact."""
  packages = ', '.join(
    f'{name} {package_versions[name]}'
    for name in sorted(package_versions)
    if package_versions[name]
  )
  printed = [f'{run} ({packages})']
  for outcome in outcomes:
    difference = (
      '' if outcome.difference is None else f'  {outcome.difference:.1g}'
    )
    printed.append(
      f'  {outcome.name:40}  {outcome.use:22}  {outcome.result}{difference}'
    )
  return printed
