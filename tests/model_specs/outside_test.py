"""Pipes, devices, huge files and terminal escapes from outside are refused."""

import os
import subprocess
import sys

import pytest

from model_specs import outside
from tests import source_tree


def _pipe(folder):
  os.mkfifo(folder / 'pipe')
  return folder / 'pipe'


def _huge(folder):
  with (folder / 'huge').open('wb') as file:
    file.truncate(2**40)
  return folder / 'huge'


def _link_to_device(folder):
  (folder / 'link').symlink_to('/dev/zero')
  return folder / 'link'


@pytest.mark.parametrize(
  ('make', 'reason'),
  [
    (_pipe, 'is a named pipe, expected a file'),
    (_link_to_device, 'is a device, expected a file'),
    (lambda folder: folder, 'is a folder, expected a file'),
    (_huge, 'has 1,099,511,627,776 bytes, expected at most 1,000'),
  ],
)
def test_what_is_no_small_file_is_refused_at_once(tmp_path, make, reason):
  path = make(tmp_path)
  with pytest.raises(outside.NotUsableError) as refused:
    outside.read_file(path, 1000)
  assert str(refused.value) == f'{path}: {reason}'


def test_a_file_of_the_largest_size_is_read(tmp_path):
  path = tmp_path / 'file'
  path.write_bytes(b'x' * 1000)
  assert outside.read_file(path, 1000) == b'x' * 1000


def test_a_file_that_says_nothing_of_its_size_is_not_read_for_ever():
  # The files of /proc have size 0 and content all the same.
  with pytest.raises(outside.NotUsableError, match='has more than 3 bytes'):
    outside.read_file('/proc/self/status', 3)
  lines = outside.read_file('/proc/self/status', 2**20).splitlines()
  assert any(line.startswith(b'VmRSS:') for line in lines)


_LITTLE_MEMORY = """
import resource, sys
from model_specs import outside
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
sys.stdout.buffer.write(outside.read_file(sys.argv[1], 2**31))
"""


def test_a_small_file_takes_little_memory_whatever_it_might_have(tmp_path):
  path = tmp_path / 'file'
  path.write_bytes(b'small')
  done = subprocess.run(
    [sys.executable, '-c', _LITTLE_MEMORY, str(path)],
    cwd=source_tree.ROOT,
    capture_output=True,
    check=True,
  )
  assert done.stdout == b'small'


@pytest.mark.parametrize(
  'text',
  ['a\nb', 'a\x1b[2J', 'a\u2028b', 'a\x0bb', 'a\u202eb', 'a\ud800', 'a\ufffe'],
)
def test_a_text_with_what_nobody_sees_is_not_plain(text):
  assert not outside.is_plain(text)


def test_letters_of_all_languages_are_plain():
  assert outside.is_plain(
    'Größe, 熊猫 & ٣, \u0645\u06cc\u200c\u062e, 👩\u200d🔬'
  )


def test_ordinary_texts_are_shown_as_they_are():
  seen = ''.join(
    chr(n) for n in range(0x80) if outside.is_plain(chr(n)) or chr(n) in '\n\t'
  )
  assert outside.shown(seen) == seen
  assert len(seen) == 95 + 2
  for unseen in {chr(n) for n in range(0x80)} - {*seen}:
    assert unseen not in outside.shown(f'a{unseen}b')


def test_a_terminal_is_shown_escapes_and_does_not_obey_them():
  assert outside.shown('a\x1b[2J\r\n\tb\u2028ü') == 'a\\x1b[2J\\r\n\tb\\u2028ü'
