"""What the commands that carry out orders share: flags, engine, display."""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence

from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress
from exporter.pipeline import batch
from exporter.pipeline import cluster
from exporter.pipeline import orders as plan
from exporter.pipeline import processes


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Declares what the command takes."""
  parser.add_argument(
    '--jobs',
    type=flag_values.jobs,
    metavar='N',
    help='workers, each on one core; auto, the default: as many as cores',
  )
  parser.add_argument(
    '--memory_gb',
    type=flag_values.gigabytes,
    metavar='GB',
    help='for all workers together; the default is 1.5 for each',
  )
  parser.add_argument(
    '--engine',
    choices=plan.ENGINES,
    default=plan.LOCAL,
    help='what works: processes of this machine, or a Ray cluster',
  )
  parser.add_argument(
    '--ray_address',
    metavar='HOST:PORT',
    help='head of the cluster; without it, the one Ray finds or starts',
  )
  flags.add_progress(parser)


def engine(args: argparse.Namespace) -> batch.Engine:
  """What the flags choose to work on."""
  if args.engine == plan.RAY:
    if args.jobs or args.memory_gb:
      raise flags.UsageError(
        '--jobs and --memory_gb are for --engine=local; Ray knows what its '
        'nodes have'
      )
    return cluster.Cluster(args.ray_address)
  if args.ray_address:
    raise flags.UsageError('--ray_address needs --engine=ray')
  return processes.Processes(args.jobs, args.memory_gb)


def show(
  results: Iterable[plan.Result], total: int, args: argparse.Namespace
) -> int:
  """Shows results as they come; the exit code."""
  shown = progress.Progress(args.progress, total)
  code = flags.OK
  try:
    shown.start()
    for result in results:
      shown.add(result)
      if result.status == plan.FAILED:
        code = flags.FAILED
  except KeyboardInterrupt:
    code = flags.INTERRUPTED
  shown.finish()
  return code


def carry_out(
  orders: Sequence[plan.Order], engine: batch.Engine, args: argparse.Namespace
) -> int:
  """Runs orders and shows what comes of them."""
  total = sum(len(order.handles) for order in orders)
  return show(batch.run(orders, engine), total, args)
