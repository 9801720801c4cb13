"""What the disk refuses while an artifact is proven, is not delivered."""

import errno
import os
import pathlib

from exporter import results as results_lib
from exporter.pipeline import export
from exporter.pipeline import orders as orders_lib
from tests import tiny_network

_HANDLES = tiny_network.MODEL.handles((3,))


def test_an_error_that_the_disk_tells_once_fails_the_export(
  tmp_path, monkeypatch
):
  sync = os.fsync
  told: list[pathlib.Path] = []

  def refuse_once(descriptor):
    path = pathlib.Path(f'/proc/self/fd/{descriptor}').readlink()
    if path.name.endswith('.data-00000-of-00001') and not told:
      told.append(path)
      raise OSError(errno.EIO, os.strerror(errno.EIO))
    sync(descriptor)

  monkeypatch.setattr(os, 'fsync', refuse_once)
  order = orders_lib.Order(
    orders_lib.EXPORT, _HANDLES, tmp_path, weights='synthetic'
  )
  with tiny_network.registered():
    failed, exported = export.run(order)
  assert failed.status == results_lib.FAILED
  assert os.strerror(errno.EIO) in failed.reason
  assert exported.status == results_lib.EXPORTED
  assert len(list(tmp_path.rglob('3.json'))) == 1
