"""The memory that is left is the machine's, or less where a cgroup says so."""

import os
import pathlib
import subprocess
import sys

import pytest

from exporter import memory

_GB = 10**9


def _write(root: pathlib.Path, files: dict[str, object]) -> pathlib.Path:
  for name, text in files.items():
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{text}\n')
  return root


def _machine(cgroup: str, **more: object) -> dict[str, object]:
  return {
    'proc/meminfo': f'MemTotal: 9 kB\nMemAvailable: {16 * _GB // 1024} kB',
    'proc/self/cgroup': cgroup,
    **more,
  }


def _second(
  path: str, most: object, used: int, files: int
) -> dict[str, object]:
  folder = f'sys/fs/cgroup{path}'
  return {
    f'{folder}/memory.max': most,
    f'{folder}/memory.current': used,
    f'{folder}/memory.stat': f'anon 5\ninactive_file {files}\n',
  }


def _first(path: str, most: int, used: int, files: int) -> dict[str, object]:
  folder = f'sys/fs/cgroup/memory{path}'
  return {
    f'{folder}/memory.limit_in_bytes': most,
    f'{folder}/memory.usage_in_bytes': used,
    f'{folder}/memory.stat': f'cache 5\ntotal_inactive_file {files}\n',
  }


@pytest.mark.parametrize(
  ('files', 'expected'),
  [
    (_machine('0::/'), 16),
    (_machine('0::/a', **_second('/a', 8 * _GB, 3 * _GB, _GB)), 6),
    (_machine('0::/a/b', **_second('/a', 8 * _GB, 3 * _GB, _GB)), 6),
    (_machine('0::/a', **_second('/a', 'max', 3 * _GB, _GB)), 16),
    (_machine('0::/a', **_second('/a', 90 * _GB, 3 * _GB, _GB)), 16),
    (_machine('0::/a', **_second('/a', 2 * _GB, 3 * _GB, 0)), 0),
    # In a container that sees its own cgroup as the root of all.
    (_machine('0::/host/only', **_second('', 4 * _GB, _GB, 0)), 3),
    (_machine('4:memory:/a\n0::/', **_first('/a', 8 * _GB, 3 * _GB, _GB)), 6),
    (_machine('4:memory:/a\n0::/', **_first('/a', 2**63 - 4096, 1, 0)), 16),
    (_machine('nonsense'), 16),
  ],
)
def test_what_is_left_is_the_least_of_all_limits(tmp_path, files, expected):
  assert memory.free_gb(_write(tmp_path, files)) == pytest.approx(expected)


def test_where_nobody_says_it_is_unknown(tmp_path):
  assert memory.free_gb(tmp_path) is None


def test_this_machine_says_it():
  free = memory.free_gb()
  assert free is not None
  assert 0 <= free < 100_000


def test_what_this_process_has_taken_grows_with_it():
  before = memory.taken() or 0
  assert before > 10**6
  data = bytearray(b'1' * 10**8)
  assert 0.5 * 10**8 < (memory.taken() or 0) - before < 2 * 10**8
  del data


@pytest.mark.parametrize('text', [None, '', '5', 'a b'])
def test_what_is_taken_is_unknown_where_nobody_says(tmp_path, text):
  if text is not None:
    _write(tmp_path, {'proc/self/statm': text})
  assert memory.taken(tmp_path) is None


def test_what_another_process_has_taken(tmp_path):
  _write(tmp_path, {'proc/77/statm': '900 12 3'})
  assert memory.taken(tmp_path, 77) == 12 * os.sysconf('SC_PAGE_SIZE')
  assert memory.taken(tmp_path, 78) is None


# Every second block is freed, and the last one stays, so that the heap cannot
# shrink by itself.
_BLOCKS = """
from exporter import memory
blocks = [bytearray(50_000) for _ in range(8_000)]
full = memory.taken()
del blocks[::2]
held = memory.taken()
memory.give_back()
print(full, held, memory.taken())
"""


def test_the_system_gets_back_what_is_not_used():
  done = subprocess.run(
    [sys.executable, '-c', _BLOCKS], capture_output=True, text=True, check=True
  )
  full, held, left = map(int, done.stdout.split())
  assert full - held < 50 * 10**6  # Else this test shows nothing.
  assert held - left > 150 * 10**6
