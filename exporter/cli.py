"""Flags -> one library call -> one line or a table."""

import argparse
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import os
import sys

from exporter import batch
from exporter import card_tree
from exporter import cluster
from exporter import doctor
from exporter import errors
from exporter import extras
from exporter import flags
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


def _carry_out(orders: Sequence[plan.Order], args: argparse.Namespace) -> int:
  """Runs orders and shows what comes of them."""
  engine = _engine(args)
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
  if bool(args.patterns) == args.all:
    raise _UsageError('say what to export: either PATTERN... or --all')
  handles = _chosen(args)
  if args.dry_run:
    with places.reach(args.output_dir):
      for handle in handles:
        there = places.place(args.output_dir, handle).manifest.exists()
        print(f'{"there" if there else "new":<5}  {handle}')
    return _OK
  template = plan.Order(
    action=plan.EXPORT,
    handles=(),
    output_dir=args.output_dir,
    checkpoint_dir=args.checkpoint_dir,
    weights=args.weights,
    force=args.force,
    pictures_dir=args.representative_images,
  )
  return _carry_out(plan.orders(handles, template), args)


def _verify(args: argparse.Namespace) -> int:
  handles = plan.find_artifacts(args.dir, args.patterns, args.formats)
  template = plan.Order(plan.VERIFY, (), args.dir, client=args.client)
  return _carry_out(plan.orders(handles, template), args)


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
