"""Exports in a stack with fresh proofs, and proves what came of it in this."""

from collections.abc import Sequence
import dataclasses
import os
import pathlib
import re
import subprocess
import sys

from tests import source_tree
from tests.consumers import environments

# Depthwise and other convolutions, batch norm with and without gamma, pooling
# at the end and inside, hard swish, attention, cells: a network of each kind.
MODELS = (
  'mobilenet_v1_025_128',
  'mobilenet_v2_035_96',
  'mobilenet_v3_small_075_224/classification',
  'inception_v1/feature_vector',
  'resnet_v1_50/feature_vector/5',
  'nasnet_mobile/feature_vector/5',
)
_COUNT = re.compile(r'^all\s+(\d+)', re.MULTILINE)
_PACKAGES = ('tensorflow', 'keras', 'numpy')
# They are asked themselves: candidates and nightly builds have other names.
_VERSIONS = f"""
import {', '.join(_PACKAGES)}
for package in ({', '.join(_PACKAGES)}):
  print(package.__version__)
"""


@dataclasses.dataclass(frozen=True)
class Outcome:
  """What came of a stack."""

  python: str
  versions: dict[str, str]
  exported: int  # How many artifacts were exported there, and proven.
  verified: int  # How many of them are proven in the stack of the tests, too.
  problem: str = ''  # What was said when one was not.


def _slimhub(python: pathlib.Path | str, *argv: str) -> tuple[int, str]:
  """The count that a command ends with, and what it says if it fails."""
  done = subprocess.run(
    [str(python), '-m', 'exporter', *argv, '--progress=none'],
    env=environments.variables(PYTHONPATH=str(source_tree.ROOT)),
    capture_output=True,
    text=True,
    check=False,
  )
  count = _COUNT.search(done.stdout)
  if done.returncode or not count:
    return 0, done.stderr.strip()[-1000:] or 'nothing was said'
  return int(count[1]), ''


def examine(
  stack: environments.Environment,
  folder: pathlib.Path,
  models: Sequence[str] = MODELS,
) -> Outcome:
  """Tries a stack.

  Args:
    stack: The environment.
    folder: Where to export to.
    models: What to export.

  Raises:
    MissingPythonError: The machine lacks the Python of the stack.
  """
  python = environments.make(stack)
  said = subprocess.check_output(
    [python, '-c', _VERSIONS], env=environments.variables(), text=True
  )
  versions = dict(zip(_PACKAGES, said.split(), strict=True))
  exported, problem = _slimhub(
    python,
    *('export', *models, '--synthetic_weights', '--prove=fresh'),
    *(f'--output_dir={folder}', f'--jobs={os.cpu_count()}'),
  )
  verified = 0
  if not problem:
    verified, problem = _slimhub(sys.executable, 'verify', str(folder))
  return Outcome(stack.python, versions, exported, verified, problem)
