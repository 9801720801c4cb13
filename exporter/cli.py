"""Flags -> one library call -> one line or a table."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import pathlib
import sys

from exporter import archive
from exporter import batch
from exporter import card_tree
from exporter import cluster
from exporter import doctor
from exporter import errors
from exporter import extras
from exporter import flags
from exporter import home
from exporter import listing
from exporter import places
from exporter import plan
from exporter import processes
from exporter import progress
from exporter import speed
from exporter import weights
import model_specs
from model_specs import formats

_OK, _FAILED, _INTERRUPTED = 0, 1, 130
_DOWNLOADS = 4  # At once, for an export.


class _UsageError(Exception):
  """The command line lacks something."""


def _list(args: argparse.Namespace) -> int:
  print(listing.render(model_specs.find(*args.patterns), args.format))
  return _OK


def _info(args: argparse.Namespace) -> int:
  handles = model_specs.find(args.handle)
  print('\n\n'.join(listing.describe(handle) for handle in handles))
  return _OK


def _engine(args: argparse.Namespace) -> batch.Engine:
  """What the flags choose to work on."""
  if args.engine == plan.RAY:
    if args.jobs:
      raise _UsageError('--jobs is for --engine=local; Ray uses all its cores')
    return cluster.Cluster(args.ray_address)
  if args.ray_address:
    raise _UsageError('--ray_address needs --engine=ray')
  return processes.Processes(args.jobs)


def _carry_out(
  orders: Sequence[plan.Order], engine: batch.Engine, args: argparse.Namespace
) -> int:
  """Runs orders and shows what comes of them."""
  total = sum(len(order.handles) for order in orders)
  shown = progress.Progress(args.progress, total)
  code = _OK
  try:
    shown.start()
    for result in batch.run(orders, engine):
      shown.add(result)
      if result.status == plan.FAILED:
        code = _FAILED
  except KeyboardInterrupt:
    code = _INTERRUPTED
  shown.finish()
  return code


def _fetch_all(
  models: Sequence[model_specs.ModelSpec],
  folder: pathlib.Path,
  args: argparse.Namespace,
  jobs: int = _DOWNLOADS,
  **changes: bool,
) -> tuple[int, set[str]]:
  """Fetches archives; the exit code, and the names of what failed."""
  # What it downloads with takes longer to import than most commands run.
  from exporter import download
  from exporter import fetch
  from exporter import fetcher

  policy = download.Policy(args.timeout, args.retries)
  request = fetcher.Request(
    tuple(models), folder, args.mirror, policy=policy, **changes
  )
  shown = progress.Transfer(args.progress, len(models))
  code, failed = _OK, set()
  try:
    shown.start()
    for event in fetch.run(request, jobs):
      if isinstance(event, fetcher.Moved):
        shown.move(event.bytes, event.expected)
        continue
      shown.add(event)
      if event.status == plan.FAILED:
        failed.add(event.model)
        code = _FAILED
  except KeyboardInterrupt:
    code = _INTERRUPTED
  shown.finish()
  return code, failed


def _models(
  handles: Iterable[model_specs.Handle],
) -> tuple[model_specs.ModelSpec, ...]:
  return tuple(dict.fromkeys(handle.spec for handle in handles))


def _fetch(args: argparse.Namespace) -> int:
  if bool(args.patterns) == args.all:
    raise _UsageError('say what to fetch: either PATTERN... or --all')
  models = _models(model_specs.find(*args.patterns))
  folder = args.checkpoint_dir or home.checkpoint_dir()
  code, _ = _fetch_all(
    models,
    folder,
    args,
    args.jobs,
    offline=args.offline,
    register=args.register_checksums,
  )
  return code


def _supply(
  handles: tuple[model_specs.Handle, ...],
  folder: pathlib.Path,
  args: argparse.Namespace,
) -> tuple[int, tuple[model_specs.Handle, ...]]:
  """Sees to the checkpoints; the exit code, and what can be exported."""
  models = _models(handles)
  lacking = archive.lacking(folder, models)
  if not lacking:
    return _OK, handles
  if args.fetch:
    code, failed = _fetch_all(lacking, folder, args)
    return code, tuple(h for h in handles if h.spec.name not in failed)
  command = home.fetch_command(folder, *(model.name for model in lacking))
  message = (
    f'{folder} holds no checkpoint of {len(lacking)} of {len(models)} models; '
    f'`{command}` downloads them, and --fetch does it before an export'
  )
  if len(lacking) == len(models):
    raise errors.CheckpointError(message)
  sys.stderr.write(f'slimhub: {message}\n')
  return _OK, handles


def _chosen(args: argparse.Namespace) -> tuple[model_specs.Handle, ...]:
  """What an export is asked for."""
  pictures = args.representative_images
  for kind in formats.FORMATS:
    if kind.word in args.formats and kind.needs_pictures and not pictures:
      raise _UsageError(
        f'--formats={kind.word} needs pictures to measure ranges on: '
        '--representative_images=DIR'
      )
  found = model_specs.find(*args.patterns, publisher=args.publisher)
  handles = tuple(formats.select(found, args.formats, args.onnx_layout))
  if not handles:
    raise _UsageError(
      f'no handle of {" ".join(args.patterns)} has --formats='
      f'{",".join(args.formats)}: versions 1 to 3 are tf1, the others tf2'
    )
  for group in (formats.LITERT, formats.ONNX):
    if any(word.split('.')[0] == group for word in args.formats):
      extras.require(group)
  return handles


def _export(args: argparse.Namespace) -> int:
  if args.synthetic_weights and args.weights != weights.AUTO:
    raise _UsageError('--weights chooses from a checkpoint: --checkpoint_dir')
  if args.synthetic_weights and args.fetch:
    raise _UsageError('--fetch gets checkpoints: not with --synthetic_weights')
  if bool(args.patterns) == args.all:
    raise _UsageError('say what to export: either PATTERN... or --all')
  handles = _chosen(args)
  if args.dry_run:
    with places.reach(args.output_dir):
      for handle in handles:
        there = places.place(args.output_dir, handle).manifest.exists()
        print(f'{"there" if there else "new":<5}  {handle}')
    return _OK
  engine = _engine(args)
  folder, code = None, _OK
  if not args.synthetic_weights:
    folder = args.checkpoint_dir or home.checkpoint_dir()
    code, handles = _supply(handles, folder, args)
    if code == _INTERRUPTED or not handles:
      return code
  template = plan.Order(
    action=plan.EXPORT,
    handles=(),
    output_dir=args.output_dir,
    checkpoint_dir=folder,
    weights=args.weights,
    force=args.force,
    pictures_dir=args.representative_images,
  )
  return max(code, _carry_out(plan.orders(handles, template), engine, args))


def _verify(args: argparse.Namespace) -> int:
  handles = plan.find_artifacts(args.dir, args.patterns, args.formats)
  template = plan.Order(plan.VERIFY, (), args.dir, client=args.client)
  return _carry_out(plan.orders(handles, template), _engine(args), args)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
  """Keeps what libraries log from standard error."""
  kept = os.dup(2)
  with open(os.devnull, 'wb') as nowhere:  # noqa: PTH123  # A device.
    os.dup2(nowhere.fileno(), 2)
  try:
    yield
  finally:
    os.dup2(kept, 2)
    os.close(kept)


def _benchmark(args: argparse.Namespace) -> int:
  handles = plan.find_artifacts(args.output_dir, args.patterns, args.formats)
  with _hushed():
    from exporter import benchmark  # Imports TensorFlow.

    for found in benchmark.run(handles, args.output_dir):
      print(listing.table(speed.COLUMNS, speed.rows(found)), end='\n\n')
  return _OK


def _cards(args: argparse.Namespace) -> int:
  written = card_tree.write(args.output_dir)
  catalogue = args.output_dir.parent / 'catalogue'
  written += card_tree.write_catalogues(catalogue, args.output_dir)
  print(f'{len(written)} pages changed in {args.output_dir} and {catalogue}')
  return _OK


def _doctor(args: argparse.Namespace) -> int:
  del args
  for package, version in doctor.versions().items():
    print(f'{package:<15} {version}')
  found = doctor.problems() or doctor.broken_imports()
  for problem in found:
    print(f'problem: {problem}')
  if not found:
    print('no problem found')
  return _FAILED if found else _OK


_COMMANDS = {
  'list': _list,
  'info': _info,
  'export': _export,
  'fetch': _fetch,
  'verify': _verify,
  'benchmark': _benchmark,
  'cards': _cards,
  'doctor': _doctor,
}


def parse(argv: Sequence[str]) -> argparse.Namespace:
  """Reads the command line, the program's name first."""
  return flags.parser(_COMMANDS).parse_args(argv[1:])


def main(args: argparse.Namespace) -> int:
  """Runs one command; returns its exit code."""
  try:
    return args.run(args)
  except KeyboardInterrupt:
    return _INTERRUPTED
  except BrokenPipeError:
    progress.give_up_stdout()  # As with `| head`: nobody reads on.
    return _OK
  except (_UsageError, model_specs.UnknownNameError) as error:
    code, reason = flags.USAGE_ERROR, str(error)
  except (errors.SlimhubError, model_specs.SpecError, OSError) as error:
    code, reason = _FAILED, str(error)
  sys.stderr.write(f'slimhub: {reason}\n')
  return code
