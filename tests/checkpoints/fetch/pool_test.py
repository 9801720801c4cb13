"""Many archives at once, whoever is killed meanwhile."""

from collections.abc import Iterator
import contextlib
import errno
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time

import pytest

from exporter import errors
from exporter import results as results_lib
from exporter.checkpoints.fetch import download
from exporter.checkpoints.fetch import fetcher
from exporter.checkpoints.fetch import pool
import model_specs
from tests.checkpoints import archive_server
from tests.checkpoints.archive_server import Answer

_NAMES = ('mobilenet_v1_025_128', 'mobilenet_v1_025_160', 'mobilenet_v2_035_96')
_MODELS = tuple(map(model_specs.get_model, _NAMES))
_POLICY = download.Policy(timeout=60, retries=1, backoff=0.001)
_SECONDS = 300  # Until a test that waits for another process gives up.
_TIMEOUT = 2 * _SECONDS  # Of a command: to wait for the server is to fail.


def _archive(model: model_specs.ModelSpec) -> bytes:
  packed = io.BytesIO()
  with tarfile.open(fileobj=packed, mode='w') as tar:
    member = tarfile.TarInfo(f'./{model.checkpoint_name}.ckpt.index')
    member.size = 50_000
    tar.addfile(member, io.BytesIO(bytes(member.size)))
  return packed.getvalue()


_FILES = {model.archive_name: _archive(model) for model in _MODELS}
_ARCHIVE, *_ = _FILES


@pytest.fixture(name='server')
def _server():
  with archive_server.serve(**_FILES) as archives:
    yield archives


def _run(server, folder, jobs=2) -> dict[str, results_lib.Result]:
  request = fetcher.Request(_MODELS, folder, server.url, policy=_POLICY)
  events = pool.fetch_all(request, jobs)
  return {e.name: e for e in events if isinstance(e, results_lib.Result)}


def _system(number: int) -> OSError:
  return OSError(number, os.strerror(number), '/checkpoints/a.part')


@pytest.mark.parametrize('jobs', [1, 2, 8])
def test_every_archive_is_fetched(server, tmp_path, jobs):
  results = _run(server, tmp_path, jobs)
  assert results.keys() == set(_NAMES)
  assert {result.status for result in results.values()} == {results_lib.FETCHED}
  for name, data in _FILES.items():
    assert (tmp_path / name).read_bytes() == data


def test_one_that_fails_does_not_stop_the_others(server, tmp_path):
  del server.files[_ARCHIVE]
  results = _run(server, tmp_path)
  first, *others = (results[name].status for name in _NAMES)
  assert first == results_lib.FAILED
  assert set(others) == {results_lib.FETCHED}
  assert 'answer 404' in results[_NAMES[0]].reason


def test_a_link_in_place_of_a_part_is_not_written_through(server, tmp_path):
  precious = tmp_path / 'precious'
  precious.write_text('mine')
  (tmp_path / f'{_ARCHIVE}.part').symlink_to(precious)
  reason = _run(server, tmp_path)[_NAMES[0]].reason
  assert f'{_ARCHIVE}.part: is a link to {precious}, expected' in reason
  assert reason.endswith('remove it')
  assert precious.read_text() == 'mine'


def test_a_folder_that_cannot_be_written_to_is_named(server, tmp_path):
  (tmp_path / 'file').touch()
  results = _run(server, tmp_path / 'file')
  for result in results.values():
    assert result.status == results_lib.FAILED
    assert str(tmp_path / 'file') in result.reason
    assert 'name another folder' in result.reason


@pytest.mark.parametrize(
  ('raised', 'kind', 'advice'),
  [
    (errors.FetchError('gone'), errors.FetchError, 'gone'),
    (errors.CheckpointError('torn'), errors.CheckpointError, 'torn'),
    (_system(errno.EACCES), errors.MachineError, '--checkpoint_dir can be'),
    (_system(errno.EROFS), errors.MachineError, '--checkpoint_dir can be'),
    (_system(errno.ENOSPC), errors.MachineError, 'the disk has room'),
    (_system(errno.EMFILE), errors.MachineError, 'raise the limit'),
    (_system(errno.EISDIR), errors.SlimhubError, 'a file is needed where'),
  ],
)
def test_an_error_keeps_its_kind_and_its_advice(
  tmp_path, monkeypatch, raised, kind, advice
):
  def fetch(self):
    raise raised

  monkeypatch.setattr(fetcher.Fetcher, 'fetch', fetch)
  (result,) = pool.fetch_all(fetcher.Request(_MODELS[:1], tmp_path), 1)
  assert isinstance(result, results_lib.Result)
  with pytest.raises(errors.SlimhubError, match=advice) as told:
    result.raise_if_failed()
  assert told.type is kind
  assert ('--checkpoint_dir' in str(told.value)) == (
    getattr(raised, 'errno', None) in (errno.EACCES, errno.EROFS, errno.ENOSPC)
  )


@pytest.mark.parametrize('jobs', [0, -1])
def test_no_downloads_at_once_are_refused(tmp_path, jobs):
  request = fetcher.Request(_MODELS, tmp_path)
  with pytest.raises(errors.OrderError, match=f'jobs={jobs}, expected 1'):
    next(pool.fetch_all(request, jobs))


def test_an_error_of_ours_is_not_swallowed(server, tmp_path, monkeypatch):
  monkeypatch.setattr(fetcher.Fetcher, 'fetch', lambda self: 1 / 0)
  with pytest.raises(ZeroDivisionError):
    _run(server, tmp_path)


@contextlib.contextmanager
def _command(
  server, folder: pathlib.Path, *flags
) -> Iterator[subprocess.Popen]:
  """A real `slimhub fetch` of the first model."""
  process = subprocess.Popen(
    [
      *[sys.executable, '-m', 'exporter', 'fetch', _NAMES[0]],
      *[f'--checkpoint_dir={folder}', f'--mirror={server.url}'],
      *['--progress=json', f'--timeout={_TIMEOUT}', *flags],
    ],
    stdout=subprocess.PIPE,
    stderr=subprocess.PIPE,
    text=True,
  )
  try:
    yield process
  finally:
    process.kill()
    process.communicate()


def _events(process: subprocess.Popen) -> list[dict]:
  out, err = process.communicate(timeout=_SECONDS)
  assert 'Traceback' not in err
  return [json.loads(line) for line in out.splitlines()]


def _wait_for_part(folder: pathlib.Path, size: int) -> None:
  part = folder / f'{_ARCHIVE}.part'
  end = time.monotonic() + _SECONDS
  while not part.exists() or part.stat().st_size < size:
    assert time.monotonic() < end
    time.sleep(0.01)


@pytest.mark.parametrize('end', [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_next_run_goes_on_where_one_was_ended(server, tmp_path, end):
  server.answers = [Answer(sent=20_000, stalls=True)]
  with _command(server, tmp_path) as process:
    _wait_for_part(tmp_path, 20_000)
    process.send_signal(end)
    events = _events(process)
  if end != signal.SIGKILL:
    assert process.returncode == 130
    assert events[-1]['event'] == 'summary'
  assert not (tmp_path / _ARCHIVE).exists()
  with _command(server, tmp_path) as process:
    events = _events(process)
  assert process.returncode == 0
  assert [event['event'] for event in events] == [
    'started',
    'fetched',
    'summary',
  ]
  assert server.ranges() == [None, 'bytes=20000-']
  assert (tmp_path / _ARCHIVE).read_bytes() == _FILES[_ARCHIVE]


def test_two_at_once_fetch_once(server, tmp_path):
  server.answers = [Answer(sent=20_000, stalls=True)]
  with _command(server, tmp_path) as first:
    _wait_for_part(tmp_path, 20_000)
    with _command(server, tmp_path) as second:
      with pytest.raises(subprocess.TimeoutExpired):
        second.wait(1)  # It waits for the first.
      server.released.set()
      statuses = [_events(process)[1]['status'] for process in (first, second)]
  assert statuses == [results_lib.FETCHED, results_lib.KEPT]
  assert len(server.asked) == 2  # The first one went on.
  assert (tmp_path / _ARCHIVE).read_bytes() == _FILES[_ARCHIVE]


def test_a_waiting_one_takes_over_from_one_that_is_killed(server, tmp_path):
  server.answers = [Answer(sent=20_000, stalls=True)]
  with _command(server, tmp_path) as first:
    _wait_for_part(tmp_path, 20_000)
    with _command(server, tmp_path) as second:
      with pytest.raises(subprocess.TimeoutExpired):
        second.wait(1)
      first.kill()
      assert _events(second)[1]['status'] == results_lib.FETCHED
  assert server.ranges() == [None, 'bytes=20000-']


def test_a_full_disk_is_said_and_what_came_is_kept(server, tmp_path):
  slimhub = f'{sys.executable} -m exporter fetch {_NAMES[0]}'
  line = f'ulimit -f 20; {slimhub} --checkpoint_dir={tmp_path}'
  done = subprocess.run(
    ['bash', '-c', f'{line} --mirror={server.url}'],
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 1
  assert 'File too large; see that the disk has room' in done.stderr
  assert not (tmp_path / _ARCHIVE).exists()
  assert _run(server, tmp_path)[_NAMES[0]].status == results_lib.FETCHED
  assert 'bytes=20480-' in server.ranges()


def test_a_person_is_told_what_was_recorded(server, tmp_path):
  with _command(server, tmp_path, '--progress=none') as process:
    out, _ = process.communicate(timeout=_SECONDS)
  assert out.startswith(f'fetched   {_NAMES[0]}')
  assert 'first use: its checksum was unknown, ' in out
