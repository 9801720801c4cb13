"""What commands that carry out orders share: flags, engine and display."""

import argparse
from collections.abc import Sequence
import itertools

from exporter import pipeline
from exporter import results
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress


def add_flags(parser: argparse.ArgumentParser) -> None:
  """Adds the flags that choose the workers and how progress is shown."""
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
    help='for all workers together; the default is most of what is free',
  )
  parser.add_argument(
    '--engine',
    choices=pipeline.ENGINES,
    default=pipeline.LOCAL,
    help='what works: processes of this machine, or a Ray cluster',
  )
  parser.add_argument(
    '--ray_address',
    metavar='HOST:PORT',
    help='head of the cluster; without it, the one Ray finds or starts',
  )
  parser.add_argument(
    '--prove',
    choices=pipeline.PROVE_CHOICES,
    default=pipeline.KNOWN,
    help='fresh: build the networks with TF-Slim, and load each artifact '
    "through TensorFlow's own loaders, also where it is known what comes of it",
  )
  flags.add_progress(parser)


def engine(args: argparse.Namespace) -> pipeline.Engine:
  """The engine that the flags choose: processes of this machine, or Ray.

  Raises:
    UsageError: The flags are for different engines.
  """
  if args.engine == pipeline.RAY:
    if args.jobs or args.memory_gb:
      raise flags.UsageError(
        '--jobs and --memory_gb are for --engine=local; Ray knows what its '
        'nodes have'
      )
    return pipeline.Cluster(args.ray_address)
  if args.ray_address:
    raise flags.UsageError('--ray_address needs --engine=ray')
  return pipeline.Processes(args.jobs, args.memory_gb)


def carry_out(
  orders: Sequence[pipeline.Order],
  engine: pipeline.Engine,
  args: argparse.Namespace,
  left_out: Sequence[results.Result] = (),
) -> int:
  """Carries out orders and shows the results.

  Args:
    orders: What to do.
    engine: What does it.
    args: The command line, with the flags of `add_flags`.
    left_out: Failed results of what no order can be given for.

  Returns:
    The exit code.
  """
  total = sum(len(order.handles) for order in orders) + len(left_out)
  outcomes = itertools.chain(left_out, pipeline.run_orders(orders, engine))
  return progress.show(outcomes, total, args)
