"""A stamp changes with what it is of, and with nothing else."""

import os

from exporter.hub import stamps


def test_reading_changes_nothing(tmp_path):
  path = tmp_path / 'file'
  path.write_text('some')
  before = stamps.of_path(path)
  assert path.read_text() == 'some'
  assert stamps.of_path(path) == before == stamps.of(path.stat())


def test_the_same_size_and_time_are_not_enough(tmp_path):
  path = tmp_path / 'file'
  path.write_text('some')
  before, facts = stamps.of_path(path), path.stat()
  path.write_text('else')
  os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
  assert path.stat().st_mtime_ns == facts.st_mtime_ns
  assert stamps.of_path(path) != before


def test_a_name_more_in_a_folder_is_seen(tmp_path):
  before = stamps.of_path(tmp_path)
  (tmp_path / 'new').touch()
  assert stamps.of_path(str(tmp_path)) != before


def test_nothing_has_no_stamp(tmp_path):
  assert stamps.of_path(tmp_path / 'nothing') == ()
