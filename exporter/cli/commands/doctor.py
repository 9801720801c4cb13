"""`slimhub doctor`."""

import argparse

from exporter.cli import doctor
from exporter.cli import exits

HELP = 'find packages that cannot work together'


def add_flags(parser: argparse.ArgumentParser) -> None:
  del parser


def run(args: argparse.Namespace) -> int:
  del args
  for package, version in doctor.versions().items():
    print(f'{package:<15} {version}')
  problems = doctor.problems() or doctor.broken_imports()
  problems += doctor.broken_packages()
  for problem in problems:
    print(f'problem: {problem}')
  if not problems:
    print('no problem found')
  return exits.FAILED if problems else exits.OK
