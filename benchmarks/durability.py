"""Measures what it costs to wait until the disk has what was delivered.

It is run as `python -m benchmarks.durability [FOLDER]`, on the disk that the
folder is on; without one, on that of temporary files. The peer, in the same
run, delivers the same artifacts without waiting, so that a power cut would take
them. Both take turns.
"""

import os
import pathlib
import statistics
import sys
import tempfile
import time
from unittest import mock

from exporter import storage
from exporter.storage import contents
import model_specs
from tests import some_manifest

_TURNS = 5
_HANDLES = model_specs.find('mobilenet_v2_*')[:40]
# About the files of a SavedModel of a small MobileNet V2.
_FILES = {
  'saved_model.pb': 1_700_000,
  'variables/variables.index': 13_000,
  'variables/variables.data-00000-of-00001': 6_900_000,
  'assets.extra/labels.txt': 10_000,
  'assets.extra/model.json': 2_000,
}


def _stage(folder: pathlib.Path, handle: model_specs.Handle) -> storage.Place:
  staged = storage.Place(folder / 'a', folder / 'm', folder / 'c')
  for name, size in _FILES.items():
    path = staged.artifact / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
  files = contents.hash_files(staged.artifact)
  manifest = some_manifest.make(handle, files=files)
  staged.manifest.write_text(manifest.to_json())
  staged.card.write_text('A card.\n' * 1000)
  staged.provenance.write_text('{}\n')
  staged.bom.write_text('{}\n')
  return staged


def _deliver(output: pathlib.Path) -> float:
  """Delivers an artifact for each handle; returns the seconds of all."""
  seconds = 0.0
  for handle in _HANDLES:
    with storage.stage(output) as folder:
      staged = _stage(folder, handle)
      start = time.monotonic()
      storage.deliver(handle, staged, output, may_replace=False)
      seconds += time.monotonic() - start
  return seconds


def main(folder: str | None = None) -> None:
  """Prints the seconds for an artifact with and without the wait."""
  waiting, hasty = [], []
  for _ in range(_TURNS):
    with tempfile.TemporaryDirectory(dir=folder) as output:
      waiting.append(_deliver(pathlib.Path(output)))
    with (
      tempfile.TemporaryDirectory(dir=folder) as output,
      mock.patch.object(os, 'fsync'),
    ):
      hasty.append(_deliver(pathlib.Path(output)))
  each, peer = (
    1000 * statistics.median(taken) / len(_HANDLES)
    for taken in (waiting, hasty)
  )
  size = sum(_FILES.values()) / 1e6
  print(f'{size:.1f} MB an artifact: {each:.1f} ms with, {peer:.1f} ms without')
  print(f'the wait for the disk: {each - peer:.1f} ms an artifact')


if __name__ == '__main__':
  main(*sys.argv[1:])
