"""`slimhub inspect`."""

import argparse
import dataclasses
import json
import sys

from exporter import lean
from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import hush

_TEXT, _JSON, _SPEC = 'text', 'json', 'spec'
HELP = 'say what a checkpoint is of, and which spec it needs'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    'checkpoint',
    metavar='CHECKPOINT',
    type=flag_values.path,
    help='a prefix, V2 or V1, any of its files, a folder, an archive, or a '
    'frozen graph',
  )
  parser.add_argument(
    '--format',
    choices=(_TEXT, _JSON, _SPEC),
    default=_TEXT,
    help='spec: nothing but the spec file that it needs',
  )


def run(args: argparse.Namespace) -> int:
  with hush.hushed():
    lean.import_tensorflow()
    from exporter import checkpoints

    inspected = checkpoints.inspect_checkpoint(args.checkpoint)
  if args.format == _JSON:
    facts = [
      {**dataclasses.asdict(each), 'spec': checkpoints.report_values(each)}
      for each in inspected
    ]
    print(json.dumps(facts, indent=2))
  elif args.format == _SPEC:
    print('\n'.join(map(checkpoints.report_spec, inspected)), end='')
  else:
    print('\n\n'.join(map(checkpoints.report_text, inspected)))
  for problem in (p for each in inspected for p in each.problems):
    if args.format == _SPEC:
      sys.stderr.write(f'slimhub: {problem}\n')
  failed = any(each.problems for each in inspected)
  return exits.FAILED if failed else exits.OK
