"""Exports as the command line leaves them, of each format, made once a run.

Their weights are synthetic, and their network is the smallest published one.
"""

import pathlib
import shutil
import subprocess
import sys

from tests import shared
from tests import source_tree

_FORMATS = 'tf1,tf2,litert.float32,onnx'
# Format -> what lies in the folder of a task, and no other format needs.
_FILES = {
  'tf1': ('3', '3.*'),
  'tf2': ('5', '5.json', '5.md', '5.*.json', '5.*.jsonl'),
  'litert': ('5.litert',),
  'onnx': ('5.onnx',),
}


def _make(folder: pathlib.Path) -> None:
  subprocess.run(
    [
      sys.executable,
      '-m',
      'exporter',
      'export',
      'mobilenet_v1_025_128/classification',
      f'--formats={_FORMATS}',
      f'--output_dir={folder}',
      '--synthetic_weights',
      '--jobs=1',
    ],
    cwd=source_tree.ROOT,
    check=True,
    capture_output=True,
  )


def folder() -> pathlib.Path:
  """The folder of exports, which nobody may change."""
  return shared.once('exports_made', _make)


def copy(target: pathlib.Path, *formats: str) -> pathlib.Path:
  """Copies the exports of some formats to a new folder, to be changed."""
  others = [
    pattern
    for name, patterns in _FILES.items()
    for pattern in patterns
    if name not in formats
  ]
  return shutil.copytree(
    folder(), target, ignore=shutil.ignore_patterns(*others)
  )
