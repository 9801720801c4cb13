"""What exports with synthetic weights, one of each format, become."""

import pathlib

from exporter import storage
from exporter.publishing import layouts
from exporter.publishing import upload as upload_lib
from tests import exports_made

NAME = 'mobilenet_v1_025_128-classification'
TF2 = 'google/imagenet/mobilenet_v1_025_128/classification/5'
TF1 = 'google/imagenet/mobilenet_v1_025_128/classification/3'


def uploads(layout: str, account: str = '') -> tuple[upload_lib.Upload, ...]:
  """The uploads that these exports become in a layout."""
  exports = storage.items(exports_made.folder())
  assert not exports.left_out
  return layouts.uploads(exports.usable, layout, account)


def write(upload: upload_lib.Upload, target: pathlib.Path) -> pathlib.Path:
  """Writes the files of an upload to a folder, and returns that folder."""
  for path, content in upload.files().items():
    (target / path).parent.mkdir(parents=True, exist_ok=True)
    content.write(target / path)
  return target
