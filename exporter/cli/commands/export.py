"""`slimhub export`."""

import argparse
import pathlib
import sys

from exporter import checkpoints
from exporter import errors
from exporter import measure
from exporter import pipeline
from exporter import storage
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import progress
from exporter.cli import transfer
from exporter.cli import work
import model_specs
from model_specs import formats
from model_specs import kinds

HELP = 'export handles, prove and describe them'


def add_flags(parser: argparse.ArgumentParser) -> None:
  flags.add_patterns(parser)
  flags.add_spec_files(parser)
  parser.add_argument('--all', action='store_true', help='every handle')
  parser.add_argument(
    '--output_dir',
    type=flag_values.folder,
    required=True,
    help='where exports go: a folder or a URL, such as s3://BUCKET/PATH',
  )
  source = parser.add_mutually_exclusive_group()
  source.add_argument(
    '--checkpoint_dir',
    type=flag_values.path,
    help='holds the published archives, or checkpoints as they unpack; '
    'the default is where `slimhub fetch` puts them',
  )
  source.add_argument(
    '--synthetic_weights',
    action='store_true',
    help='seeded, untrained weights, to try things out',
  )
  parser.add_argument(
    '--fetch', action='store_true', help='download missing archives before'
  )
  transfer.add_flags(parser)
  transfer.add_trust(parser)
  parser.set_defaults(timeout=None, retries=None)  # Only --fetch asks for them.
  parser.add_argument(
    '--weights',
    choices=checkpoints.WEIGHTS_CHOICES,
    default=checkpoints.AUTO,
    help='moving averages (ema) or raw weights; auto: ema where there are',
  )
  parser.add_argument(
    '--publisher',
    type=flag_values.publisher,
    default=model_specs.PUBLISHER,
    help='first part of the handles of published models',
  )
  parser.add_argument(
    '--formats',
    type=flag_values.format_words,
    default=formats.DEFAULT,
    metavar='FORMAT,...',
    help='of tf1, tf2, litert, onnx, tfjs; the last three convert each TF2 '
    'handle',
  )
  parser.add_argument(
    '--representative_images',
    type=flag_values.pictures,
    metavar=f'DIR|{measure.PHOTOGRAPHS}',
    help='pictures that the ranges of litert.int8 are measured on: yours, or a '
    'few photographs that scikit-image brings',
  )
  parser.add_argument(
    '--onnx_layout',
    choices=kinds.LAYOUTS,
    help="the input's axes in ONNX: channels last (nhwc), as without this "
    'flag, or first (nchw)',
  )
  parser.add_argument(
    '--litert_batch',
    choices=kinds.BATCHES,
    help='how many images LiteRT files take at once: 1, as without this flag '
    'and as delegates and browsers want it, or dynamic',
  )
  parser.add_argument(
    '--dry_run', action='store_true', help='only say what an export would do'
  )
  parser.add_argument('--force', action='store_true', help='replace exports')
  work.add_flags(parser)


def _supply(
  handles: tuple[model_specs.Handle, ...],
  folder: pathlib.Path,
  args: argparse.Namespace,
) -> tuple[int, tuple[model_specs.Handle, ...]]:
  """Downloads missing archives with --fetch; else says which are missing.

  Returns:
    The exit code, and the handles to export. Without --fetch those are all, and
    the ones without a checkpoint will fail.

  Raises:
    CheckpointError: There is no checkpoint at all.
  """
  # A spec file names the checkpoints of own models itself.
  models = transfer.models_of(h for h in handles if not h.spec.own)
  lacking = checkpoints.lacking_archives(folder, models)
  if not lacking:
    return exits.OK, handles
  if args.fetch:
    code, failed = transfer.fetch_all(
      lacking, folder, args, require=args.require_checksums
    )
    return code, tuple(
      h for h in handles if h.spec.own or h.spec.name not in failed
    )
  command = storage.fetch_command(folder, *(model.name for model in lacking))
  message = (
    f'{folder} holds no checkpoint of {len(lacking)} of {len(models)} models; '
    f'`{command}` downloads them, and --fetch does it before an export'
  )
  if len(lacking) == len(transfer.models_of(handles)):
    raise errors.CheckpointError(message)
  sys.stderr.write(f'slimhub: {message}\n')
  return exits.OK, handles


def _chosen(args: argparse.Namespace) -> tuple[model_specs.Handle, ...]:
  """The handles and conversions that the flags choose.

  Raises:
    UsageError: There are none, or a format needs another flag.
    PackageError: A format needs a package that is not installed.
  """
  registry = flags.registry(args)
  matching = registry.find(*args.patterns, publisher=args.publisher)
  try:
    return pipeline.choose(
      matching,
      args.formats,
      args.onnx_layout or kinds.NHWC,
      has_pictures=args.representative_images is not None,
    )
  except errors.OrderError as error:
    raise flags.UsageError(str(error)) from error


def _refuse_unread(args: argparse.Namespace) -> None:
  """Raises a UsageError for a flag of checkpoints where none is read."""
  if not args.synthetic_weights:
    return
  if args.weights != checkpoints.AUTO:
    raise flags.UsageError(
      '--weights chooses from a checkpoint: --checkpoint_dir'
    )
  if args.fetch:
    raise flags.UsageError(
      '--fetch gets checkpoints: not with --synthetic_weights'
    )
  if args.require_checksums:
    raise flags.UsageError(
      '--require_checksums is of archives: not with --synthetic_weights'
    )


def _refuse_unused(args: argparse.Namespace) -> None:
  """Raises a UsageError for a flag that nothing would come of."""
  _refuse_unread(args)
  wanted_kinds = formats.named(args.formats)
  transfer_flags = transfer.given(args)
  if transfer_flags and not args.fetch:
    raise flags.UsageError(
      f'{", ".join(transfer_flags)}: for --fetch, which is missing'
    )
  if args.representative_images and not any(
    k.needs_pictures for k in wanted_kinds
  ):
    raise flags.UsageError(
      '--representative_images is for litert.int8, which --formats lacks'
    )
  if args.onnx_layout and kinds.ONNX not in args.formats:
    raise flags.UsageError(
      '--onnx_layout is for the word onnx, which --formats lacks'
    )
  if args.litert_batch and not any(k.fixes_batch for k in wanted_kinds):
    raise flags.UsageError(
      '--litert_batch is for litert, which --formats lacks'
    )
  if args.checkpoint_dir and args.checkpoint_dir.is_file():
    raise flags.UsageError(
      f'--checkpoint_dir={args.checkpoint_dir} is a file, expected the folder '
      'that holds the archives or the checkpoints'
    )


def _template(
  args: argparse.Namespace, folder: pathlib.Path | None
) -> pipeline.Order:
  """What the orders are like, with checkpoints in a folder if any are read."""
  return pipeline.Order(
    action=pipeline.EXPORT,
    handles=(),
    output_dir=args.output_dir,
    checkpoint_dir=folder,
    weights=checkpoints.SYNTHETIC if args.synthetic_weights else args.weights,
    require_checksums=args.require_checksums,
    force=args.force,
    prove=args.prove,
    pictures_dir=measure.pictures_folder(args.representative_images),
    litert_batch=args.litert_batch or kinds.ONE,
  )


def run(args: argparse.Namespace) -> int:
  _refuse_unused(args)
  if bool(args.patterns) == args.all:
    raise flags.UsageError('say what to export: either PATTERN... or --all')
  handles = _chosen(args)
  engine = work.engine(args)
  folder, code = None, exits.OK
  if not args.synthetic_weights:
    folder = args.checkpoint_dir or storage.default_checkpoint_dir()
  template = _template(args, folder)
  if args.dry_run:
    orders = pipeline.make_orders(handles, template)
    planned = pipeline.foretell(orders, fetches=args.fetch)
    return progress.show(planned, len(handles), args, progress.Plan)
  if folder is not None:
    code, handles = _supply(handles, folder, args)
    if code == exits.INTERRUPTED or not handles:
      return code
  return max(
    code, work.carry_out(pipeline.make_orders(handles, template), engine, args)
  )
