"""What the commands that download share: their flags, and the transfer."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import pathlib

from exporter import results
from exporter.cli import flag_values
from exporter.cli import progress
import model_specs

_DOWNLOADS = 4  # How many run at once, unless a command says otherwise.


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Adds the flags that say from where, and how patiently, to download."""
  parser.add_argument(
    '--mirror',
    type=flag_values.mirror,
    metavar='URL',
    help='a folder that holds the archives: http://, https:// or file:///',
  )
  parser.add_argument(
    '--timeout',
    type=flag_values.seconds,
    default=30.0,
    metavar='SECONDS',
    help='how long a server may say nothing; the default is 30',
  )
  parser.add_argument(
    '--retries',
    type=flag_values.count,
    default=5,
    metavar='N',
    help='how often to try again, waiting longer each time; the default is 5',
  )


def add_trust(parser: argparse.ArgumentParser) -> None:
  """Adds the flag that says which archives are trusted."""
  parser.add_argument(
    '--require_checksums',
    action='store_true',
    help='refuse published archives whose checksum is not known, instead of '
    'trusting the first one',
  )


def given(args: argparse.Namespace) -> list[str]:
  """The flags of `add_flags` that a command line has; they have no defaults."""
  names = ('mirror', 'timeout', 'retries')
  return [f'--{name}' for name in names if getattr(args, name) is not None]


def models_of(
  handles: Iterable[model_specs.Handle],
) -> tuple[model_specs.ModelSpec, ...]:
  """The models that handles belong to, each once."""
  return tuple(dict.fromkeys(handle.spec for handle in handles))


def fetch_all(
  models: Sequence[model_specs.ModelSpec],
  folder: pathlib.Path,
  args: argparse.Namespace,
  jobs: int = _DOWNLOADS,
  **changes: bool,
) -> tuple[int, set[str]]:
  """Fetches the archives of models, and shows the results as they come.

  Args:
    models: The models.
    folder: Where the archives go.
    args: The command line, with the flags of `add_flags` and --progress.
    jobs: How many downloads run at once.
    **changes: Further fields of the `fetch.Request`.

  Returns:
    The exit code, and the names of the models that failed.
  """
  # Imported here, as it takes longer to import than most commands run.
  from exporter.checkpoints import fetch

  named = {'timeout': args.timeout, 'retries': args.retries}
  policy = fetch.Policy(**{k: v for k, v in named.items() if v is not None})
  request = fetch.Request(
    tuple(models), folder, args.mirror, policy=policy, **changes
  )
  shown = progress.Transfer(args.progress, len(models))
  failed = set()

  def outcomes() -> Iterator[results.Result]:
    for event in fetch.fetch_all(request, jobs):
      if isinstance(event, fetch.Moved):
        shown.move(event.bytes, event.expected)
        continue
      if event.status == results.FAILED:
        failed.add(event.name)
      yield event

  return progress.follow(shown, outcomes()), failed
