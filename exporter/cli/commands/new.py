"""`slimhub new`."""

import argparse
import pathlib
import shlex

from exporter.cli import exits
from exporter.cli import flag_values
from exporter.cli import flags
import model_specs
from model_specs import spec_files

HELP = 'write a spec file for a model of your own, to fill in'


def add_flags(parser: argparse.ArgumentParser) -> None:
  parser.add_argument(
    'name',
    metavar='NAME',
    help='what the model is called, or PUBLISHER/DATASET/NAME',
  )
  parser.add_argument(
    '--network',
    choices=model_specs.NETWORKS,
    default='mobilenet_v2',
    metavar='NETWORK',
    help='the network of TF-Slim; the default is mobilenet_v2',
  )
  parser.add_argument(
    '--output',
    type=flag_values.path,
    metavar='FILE',
    help='where it goes; the default is NAME.toml',
  )


def _values(args: argparse.Namespace) -> dict[str, object]:
  """The values of the smallest valid spec with both formats and both tasks."""
  parts = args.name.split('/')
  if len(parts) not in (1, 3):
    raise flags.UsageError(
      f'{args.name!r} is no name of a model; expected NAME or '
      'PUBLISHER/DATASET/NAME'
    )
  model = model_specs.NETWORKS[args.network]
  publisher, dataset = parts[:2] if parts[1:] else ('me', 'my_pictures')
  values = {
    'publisher': publisher,
    'dataset': dataset,
    'name': parts[-1],
    'version': 2,
    'tf1_version': 1,
    'network': args.network,
    'size': model.size,
    'num_classes': 5,
  }
  if model.multiplier is not None:
    values['multiplier'] = 1.0
  return values


def run(args: argparse.Namespace) -> int:
  values = _values(args)
  path = args.output or pathlib.Path(f'{values["name"]}.toml')
  problems = list(spec_files.problems(values))
  if problems:
    raise flags.UsageError('; '.join(problems))
  model_specs.PUBLISHED.joined([spec_files.read_model(values, str(path))])
  if path.exists():
    raise flags.UsageError(
      f'{path} is there already; remove it, or name another with --output'
    )
  path.parent.mkdir(parents=True, exist_ok=True)
  schema = path.with_name(spec_files.SCHEMA)
  if not schema.exists():
    schema.write_text(spec_files.schema_text(), 'utf-8')
  path.write_text(spec_files.document([values]), 'utf-8')
  handle = '{publisher}/{dataset}/{name}'.format(**values)
  command = ('slimhub', 'export', handle, f'--spec_file={path}')
  print(
    f'wrote {path}, and {schema} for editors; fill it in, then\n'
    f'{shlex.join((*command, "--output_dir=exports"))}'
  )
  return exits.OK
