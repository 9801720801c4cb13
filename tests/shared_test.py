"""What is shared is made once, whoever asks and however often."""

import os
import subprocess
import sys

import pytest

from tests import shared
from tests import source_tree

# Each waits until all have come, so that they ask at the same time.
_CODE = """
import os, time
from tests import shared
(shared.root() / f'come-{os.getpid()}').touch()
while len(list(shared.root().glob('come-*'))) < 4:
  time.sleep(0.01)
def make(folder):
  with (shared.root() / 'makers').open('a') as makers:
    makers.write('made ')
  time.sleep(0.5)
  (folder / 'file').write_text('whole')
print((shared.once('a/b', make) / 'file').read_text(), end='')
"""


@pytest.fixture(name='root')
def _root(monkeypatch, tmp_path):
  """A folder of this test alone."""
  monkeypatch.setenv('SLIMHUB_TESTS_SHARED', str(tmp_path))
  return tmp_path


def test_of_many_processes_one_makes_it(root):
  started = [
    subprocess.Popen(
      [sys.executable, '-c', _CODE],
      cwd=source_tree.ROOT,
      stdout=subprocess.PIPE,
      text=True,
    )
    for _ in range(4)
  ]
  assert [process.communicate()[0] for process in started] == ['whole'] * 4
  assert (root / 'makers').read_text() == 'made '


def test_what_failed_is_made_again_from_nothing(root):
  def fail(folder):
    (folder / 'half').touch()
    raise OSError('no room')

  with pytest.raises(OSError, match='no room'):
    shared.once('a', fail)
  shared_folder = shared.once('a', lambda folder: (folder / 'whole').touch())
  assert shared_folder == root / 'a'
  assert [path.name for path in shared_folder.iterdir()] == ['whole']


@pytest.mark.usefixtures('root')
def test_a_value_is_computed_once():
  computed = []

  def compute():
    computed.append(1)
    return {'a': [1, 2]}

  assert [shared.value('v', compute) for _ in range(2)] == [{'a': [1, 2]}] * 2
  assert computed == [1]


def test_a_run_has_one_folder_which_goes_with_it(monkeypatch):
  monkeypatch.delenv('SLIMHUB_TESTS_SHARED')
  with shared.opened():
    inside = shared.root()
    assert os.environ['SLIMHUB_TESTS_SHARED'] == str(inside)
    with shared.opened():  # As a worker finds it.
      assert shared.root() == inside
    assert inside.is_dir()
  assert not inside.exists()
