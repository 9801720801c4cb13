"""`slimhub evaluate`."""

import argparse
from collections.abc import Sequence
import pathlib

from exporter import errors
from exporter import formats
from exporter import lean
from exporter import measure
from exporter import pipeline
from exporter import storage
from exporter.cli import flag_values
from exporter.cli import flags
from exporter.cli import hush
from exporter.cli import progress
from exporter.cli import tables
import model_specs

HELP = 'measure the accuracy of exports on labelled pictures'
_WORST = 10  # How many of the worst classes are printed.


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    'targets',
    nargs='+',
    metavar='HANDLE|DIR',
    help='the place of an export, or of many; with --output_dir: patterns',
  )
  parser.add_argument(
    '--output_dir', type=flag_values.folder, help='where exports are'
  )
  parser.add_argument(
    '--images',
    type=flag_values.path,
    required=True,
    metavar='DIR',
    help='pictures: a folder for each class, or what --labels names',
  )
  parser.add_argument(
    '--labels',
    type=flag_values.path,
    metavar='FILE',
    help='a line PATH LABEL for each picture, paths below --images',
  )
  parser.add_argument(
    '--labels_are',
    choices=measure.MEANINGS,
    help='whether labels such as 3 are numbers or names of classes, where both '
    'would fit',
  )
  parser.add_argument(
    '--card', action='store_true', help='write the result to the cards, too'
  )
  flags.add_formats(parser)
  flags.add_spec_files(parser)
  parser.add_argument(
    '--progress',
    choices=(progress.AUTO, progress.BAR, progress.NONE),
    default=progress.AUTO,
    help='bar on stderr, or none',
  )


def _find(
  args: argparse.Namespace,
) -> tuple[storage.Folder, storage.Found[model_specs.Handle]]:
  """The exports that the arguments name, and the folder that they are in.

  Raises:
    UsageError: A path is named where patterns are expected.
    UnknownNameError: A pattern matches no model.
  """
  try:
    return storage.find_targets(
      args.targets, args.output_dir, args.formats, flags.registry(args)
    )
  except model_specs.UnknownNameError as error:
    paths = [each for each in args.targets if pathlib.Path(each).exists()]
    if args.output_dir is None or not paths:
      raise
    raise flags.UsageError(
      f'{paths[0]} is a path; with --output_dir, which says where exports are, '
      'arguments are patterns of handles; leave it out: what is measured of an '
      'export lies beside it'
    ) from error


def run(args: argparse.Namespace) -> int:
  if args.output_dir is None and len(args.targets) > 1:
    raise flags.UsageError('name one DIR, or handles with --output_dir=DIR')
  folder, exports = _find(args)
  if not exports.usable:
    return progress.tell_left_out(exports.left_out)
  with hush.hushed() as error:
    lean.import_tensorflow()
    if args.labels:
      pictures = measure.pictures_of_list(args.images, args.labels)
    else:
      pictures = measure.pictures_of_folders(args.images)
    handles = measure.classifiers(exports.usable)
    total = len(pictures) * len({handle.folder for handle in handles})
    shown = progress.Steps(args.progress, total, 'picture', error)
    measured: list[measure.Accuracy] = []
    failure: errors.ProofError | None = None
    try:
      for each in measure.evaluate(
        handles,
        folder,
        pictures,
        shown.move,
        formats.load,
        labels_are=args.labels_are,
      ):
        measured.append(each)
    # Some exports failed; the figures of all others are there.
    except errors.ProofError as caught:
      failure = caught
    shown.finish()
  _show(measured, folder)
  code = progress.tell_left_out(exports.left_out)
  if args.card:
    pipeline.write_cards(handles, folder, measured)
  if failure:
    raise failure
  return code


def _show(measured: Sequence[measure.Accuracy], folder: storage.Folder) -> None:
  """Prints the figures, and where all of them are."""
  if not measured:
    return
  print(tables.table(measure.ACCURACY_COLUMNS, measure.accuracy_rows(measured)))
  for accuracy in measured:
    summary = measure.shorten(accuracy, _WORST)
    if summary.worst:
      print(f'\n{summary.name}, the worst classes:')
      rows = measure.class_rows(summary.worst, summary.names)
      print(tables.table(measure.CLASS_COLUMNS, rows))
    else:
      print(f'\n{summary.name}: every picture is right')
    for remark in summary.remarks:
      print(f'note: {remark}')
  print(f'\n{folder / measure.EVALUATION_JSON} has all classes,')
  print(
    f'{folder / measure.EVALUATION_FOLDER} what is taken for what, and each'
  )
  print('answer: a chart and a table for each export.')
