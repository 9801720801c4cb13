"""A dead holder of a lock is told from all that may be alive."""

import os
import pathlib
import subprocess
import sys

import pytest

from exporter.storage import holder
from tests import source_tree

_CODE = 'from exporter.storage import holder; print(holder.describe(), end="")'


@pytest.fixture(name='left')
def _left() -> str:
  """The note of a process that has ended."""
  return subprocess.run(
    [sys.executable, '-c', _CODE],
    cwd=source_tree.ROOT,
    stdout=subprocess.PIPE,
    text=True,
    check=True,
  ).stdout


def test_one_that_has_ended_is_dead(left):
  assert holder.is_dead(left)


def test_this_process_is_alive():
  assert not holder.is_dead(holder.describe())


def test_one_that_nobody_has_waited_for_is_dead():
  child = subprocess.Popen(
    [sys.executable, '-c', _CODE],
    cwd=source_tree.ROOT,
    stdout=subprocess.PIPE,
    text=True,
  )
  assert child.stdout
  note = child.stdout.read()
  os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
  assert pathlib.Path(f'/proc/{child.pid}').exists()
  assert holder.is_dead(note)
  child.wait()


def test_one_whose_number_another_process_has_is_dead():
  note = holder.describe()
  place, _, _ = note.partition('started ')
  assert holder.is_dead(f'{place}started 1\n')


@pytest.mark.parametrize('part', ['boot', 'namespace', 'user'])
def test_of_another_place_nothing_is_known(part, left):
  boot, namespace, user = holder._place().split()
  changed = {
    'boot': left.replace(boot, boot[::-1]),
    'namespace': left.replace(namespace, 'pid:[1]'),
    'user': left.replace(f' {user}\nstarted', f' {user}1\nstarted'),
  }[part]
  assert changed != left
  assert not holder.is_dead(changed)


def test_a_number_that_no_process_can_have_is_no_error():
  note = holder.describe()
  pid = str(os.getpid())
  assert not holder.is_dead(note.replace(pid, '9' * 5000, 1))


@pytest.mark.parametrize('note', ['', 'process 1 on a, since b', 'rubbish\n'])
def test_of_another_note_nothing_is_known(note):
  assert not holder.is_dead(note)


def test_where_the_system_says_nothing_neither_does_the_note(
  left, tmp_path, monkeypatch
):
  monkeypatch.setattr(holder, '_BOOT', tmp_path / 'missing')
  (line,) = holder.describe().splitlines()
  assert line.startswith(f'process {os.getpid()} on ')
  assert not holder.is_dead(left)
