"""Killed at any moment, or out of room: nothing torn, nothing lost.

Real processes, real signals, a real full disk, on a small real model.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

import pytest

from exporter.storage import contents
from exporter.storage import delivery
from tests import file_tree
from tests import lenets
from tests import shared
from tests import some_manifest
from tests import source_tree
from tests import workers

_MODEL = 'lenet'
_ARTIFACTS = 4
_MANIFESTS = f'{lenets.ROOT}/{_MODEL}/*/[0-9].json'


def _command(folder: object, *more: str) -> list[str]:
  spec = shared.once('lenet', lambda path: lenets.write(path, _MODEL))
  return [
    *(sys.executable, '-m', 'exporter', 'export', _MODEL),
    *(f'--spec_file={spec / "lenets.toml"}', f'--output_dir={folder}'),
    *('--synthetic_weights', '--progress=json', *more),
  ]


def _run(command: list[str]) -> subprocess.CompletedProcess:
  return subprocess.run(
    command,
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )


def _assert_whole(folder: pathlib.Path) -> None:
  """Every version with a manifest is what the manifest says, and has a card."""
  for path in folder.glob(_MANIFESTS):
    manifest = some_manifest.read(path)
    assert not contents.differences(manifest, path.with_suffix(''))
    for suffix in ('.md', '.intoto.jsonl', '.cdx.json'):
      assert path.with_suffix(suffix).exists()


@pytest.fixture(scope='module', name='whole')
def _whole(tmp_path_factory) -> dict[str, bytes]:
  """The tree that every run must arrive at."""
  folder = tmp_path_factory.mktemp('whole')
  done = _run(_command(folder))
  assert done.returncode == 0, done.stderr
  return file_tree.read(folder)


def _start(folder: pathlib.Path) -> subprocess.Popen:
  return subprocess.Popen(
    _command(folder, '--jobs=2'),
    cwd=source_tree.ROOT,
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
  )


def _delivered(folder: pathlib.Path) -> int:
  return len(list(folder.glob(_MANIFESTS)))


def _wait(
  process: subprocess.Popen, folder: pathlib.Path, count: int, pattern: str
) -> None:
  """Waits for `count` deliveries and a file that is being written."""
  while True:
    assert process.poll() is None, 'the run ended before it came so far'
    with contextlib.suppress(FileNotFoundError):  # Folders come and go.
      being_made = any((folder / delivery.STAGING).rglob(pattern))
      if being_made and _delivered(folder) >= count:
        return
    time.sleep(0.01)


# A run is killed once a file of such a name is being written.
_MOMENTS = ('worker-*.log', 'variables.index', 'saved_model.pb')


def test_a_run_killed_at_any_moment_is_finished_by_the_next(whole, tmp_path):
  for more, pattern in enumerate(_MOMENTS):
    enough = _delivered(tmp_path) + bool(more)
    process = _start(tmp_path)
    _wait(process, tmp_path, enough, pattern)
    process.kill()
    process.wait()
    _assert_whole(tmp_path)
  done = _run(_command(tmp_path))
  assert done.returncode == 0, done.stderr
  assert file_tree.read(tmp_path) == whole


def test_workers_killed_at_any_moment_cost_an_artifact_each(whole, tmp_path):
  for count, pattern in enumerate(_MOMENTS):
    shutil.rmtree(tmp_path)
    process = _start(tmp_path)
    _wait(process, tmp_path, count, pattern)
    while not (pids := workers.pids(process.pid)):  # The log comes first.
      assert process.poll() is None
    os.kill(pids[0], signal.SIGKILL)
    assert process.wait() == 1
    _assert_whole(tmp_path)
    assert _delivered(tmp_path) >= _ARTIFACTS - 1
    assert not (tmp_path / delivery.STAGING).exists()
  assert _run(_command(tmp_path)).returncode == 0
  assert file_tree.read(tmp_path) == whole


# A small disk of one's own: fills it, then makes room and tries again.
_FULL_DISK = """
mount -t tmpfs -o size=3m small "$1"
shift
"$@"; echo "first: $?"
find "$MOUNT" -name '.slimhub*' | sed 's/^/left: /'
mount -o remount,size=50m "$MOUNT"
"$@"; echo "second: $?"
cp -r "$MOUNT/." "$COPY"
"""


def test_a_full_disk_fails_what_does_not_fit_and_no_more(
  whole, tmp_path, monkeypatch
):
  mount, copy = tmp_path / 'mount', tmp_path / 'copy'
  mount.mkdir()
  copy.mkdir()
  monkeypatch.setenv('MOUNT', str(mount))
  monkeypatch.setenv('COPY', str(copy))
  inside = ('unshare', '--user', '--map-root-user', '--mount')
  if _run([*inside, 'mount', '-t', 'tmpfs', 'small', str(mount)]).returncode:
    pytest.skip('this machine lets nobody mount a tmpfs in a namespace')
  done = _run(
    [
      *(*inside, 'sh', '-c', _FULL_DISK, 'sh', str(mount)),
      *_command(mount, '--jobs=1'),
    ]
  )
  assert 'first: 1' in done.stdout, done.stderr
  assert 'No space left on device' in done.stdout
  assert 'left: ' not in done.stdout
  assert 'Traceback' not in done.stderr
  assert 'second: 0' in done.stdout
  assert file_tree.read(copy) == whole


_NO_SHARED_MEMORY = 'mount -t tmpfs -o ro,size=4k none /dev/shm && exec "$@"'


def test_shared_memory_is_not_needed(whole, tmp_path):
  """Some containers have none, and in others it is full."""
  inside = ('unshare', '--user', '--map-root-user', '--mount')
  if _run([*inside, 'sh', '-c', _NO_SHARED_MEMORY, 'sh', 'true']).returncode:
    pytest.skip('this machine lets nobody mount a tmpfs in a namespace')
  command = [*inside, 'sh', '-c', _NO_SHARED_MEMORY, 'sh', *_command(tmp_path)]
  done = _run(command)
  assert done.returncode == 0, done.stdout + done.stderr
  assert file_tree.read(tmp_path) == whole


def _allow(folder: pathlib.Path, mode: int) -> None:
  """Sets what may be done in a folder and in all below it."""
  for path, _, _ in os.walk(folder):  # It passes over what is gone meanwhile.
    with contextlib.suppress(FileNotFoundError):  # A run is at work there.
      pathlib.Path(path).chmod(mode)


def test_an_output_that_becomes_read_only_keeps_what_it_has(whole, tmp_path):
  # In a namespace of one's own not even root may write where it is forbidden.
  inside = ('unshare', '--user')
  if _run([*inside, 'true']).returncode:
    pytest.skip('this machine lets nobody make a user namespace')
  with subprocess.Popen(
    [*inside, *_command(tmp_path, '--jobs=1')],
    cwd=source_tree.ROOT,
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  ) as process:
    assert process.stdout is not None
    for line in process.stdout:
      if json.loads(line)['event'] == 'proven':
        break
    _allow(tmp_path, 0o555)
    out, err = process.communicate()
  _allow(tmp_path, 0o755)
  assert process.returncode == 1
  events = [json.loads(line) for line in out.splitlines()]
  failed = [event for event in events if event['event'] == 'failed']
  assert all('Permission denied' in event['reason'] for event in failed)
  assert failed
  assert 'Traceback' not in err
  _assert_whole(tmp_path)
  assert _run(_command(tmp_path)).returncode == 0
  assert file_tree.read(tmp_path) == whole
