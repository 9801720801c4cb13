"""Exports with synthetic weights, one of each format, made once a run."""

import pathlib
import subprocess
import sys

from exporter import storage
from exporter.publishing import layouts
from exporter.publishing import upload as upload_lib
from tests import shared
from tests import source_tree

_FORMATS = 'tf1,tf2,litert.float32,onnx'
NAME = 'mobilenet_v1_025_128-classification'
TF2 = 'google/imagenet/mobilenet_v1_025_128/classification/5'
TF1 = 'google/imagenet/mobilenet_v1_025_128/classification/3'


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
  return shared.once('published/exports', _make)


def uploads(layout: str, account: str = '') -> tuple[upload_lib.Upload, ...]:
  """The uploads that these exports become in a layout."""
  exports = storage.items(folder())
  assert not exports.left_out
  return layouts.uploads(exports.usable, layout, account)


def write(upload: upload_lib.Upload, target: pathlib.Path) -> pathlib.Path:
  """Writes the files of an upload to a folder, and returns that folder."""
  for path, content in upload.files().items():
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    content.write(target / path)
  return target
