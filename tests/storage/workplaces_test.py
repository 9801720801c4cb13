"""Whoever works in a folder is alone there, and leaves nothing behind."""

import contextlib
import threading

import pytest

from exporter import errors
from exporter.storage import delivery
from exporter.storage import workplaces


def test_nobody_else_works_there(tmp_path):
  refused = []

  def work() -> None:
    with (
      contextlib.suppress(errors.ExportError),
      workplaces.workplace(tmp_path),
    ):
      return
    refused.append(True)

  with workplaces.workplace(tmp_path):
    other = threading.Thread(target=work)
    other.start()
    other.join()
  assert refused
  work()
  assert len(refused) == 1


@pytest.mark.parametrize('fails', [False, True])
def test_the_place_goes_with_what_a_killed_run_left(tmp_path, fails):
  folder = tmp_path / 'out'
  left = folder / delivery.STAGING / 'left'
  left.mkdir(parents=True)
  (folder / 'mine').write_text('stays')
  with (
    contextlib.suppress(RuntimeError),
    workplaces.workplace(folder) as staged,
  ):
    assert not left.exists()
    assert folder in staged.parents
    (staged / 'file').write_text('x')
    if fails:
      raise RuntimeError
  assert not (folder / delivery.STAGING).exists()
  assert (folder / 'mine').read_text() == 'stays'
