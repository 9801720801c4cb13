"""Whether a folder can be written to is told without a change to it."""

import os

import pytest
import upath

from exporter import errors
from exporter.storage import lock
from exporter.storage import writable


@pytest.mark.parametrize(
  ('name', 'says'),
  [
    ('file', 'it is no folder'),
    ('dangling', 'it is a link to nowhere, where no folder is'),
    ('file/below', 'Not a directory'),
    ('x' * 256, 'File name too long'),
  ],
)
def test_what_is_no_folder_is_told_before_and_when_it_is_held(
  name, says, tmp_path
):
  (tmp_path / 'file').touch()
  (tmp_path / 'dangling').symlink_to('nowhere')
  message = f'cannot write to .*/{name}: {says}; name a folder'
  with pytest.raises(errors.ExportError, match=message):
    writable.check_writable(tmp_path / name)
  with (
    pytest.raises(errors.ExportError, match=message),
    lock.hold(tmp_path / name),
  ):
    pass


def test_nothing_is_made_to_see_whether_it_could_be(tmp_path, monkeypatch):
  writable.check_writable(tmp_path / 'a' / 'b')
  writable.check_writable(upath.UPath('memory://nowhere'))
  assert not list(tmp_path.iterdir())
  monkeypatch.setattr(os, 'access', lambda path, _: path != tmp_path)
  with pytest.raises(errors.ExportError, match='a/b: Permission denied; name'):
    writable.check_writable(tmp_path / 'a' / 'b')
