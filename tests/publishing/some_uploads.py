"""Exports that nobody computed, and uploads of them, to see what is written."""

import pathlib

from exporter import storage
from exporter.publishing import layouts
from exporter.publishing import upload as upload_lib
from exporter.storage import places
from tests import some_exports


def add(exports: pathlib.Path, name: str, text: str = '') -> None:
  """Adds an export whose files hold some text."""
  some_exports.add(exports, name, text)
  # Nobody has measured it.
  places.place(exports, some_exports.handle(name)).measured.unlink()


def make(exports: pathlib.Path) -> pathlib.Path:
  """Fills a folder with a TF1, a TF2, a LiteRT and an ONNX export."""
  for name in (
    some_exports.TF1,
    some_exports.TF2,
    some_exports.LITE,
    some_exports.ONNX,
  ):
    add(exports, name)
  return exports


def items(exports: pathlib.Path) -> dict[str, storage.Item]:
  """The exports in a folder, by their names."""
  return {str(item.handle): item for item in storage.items(exports).usable}


def uploads(
  exports: pathlib.Path, layout: str = 'kaggle'
) -> dict[str, upload_lib.Upload]:
  """The uploads that the exports in a folder become, by their names."""
  all_uploads = layouts.uploads(items(exports).values(), layout)
  return {upload.name: upload for upload in all_uploads}
