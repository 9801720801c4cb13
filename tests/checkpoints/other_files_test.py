"""What is no checkpoint is called by its name."""

import os

import pytest

from exporter.checkpoints import other_files


@pytest.mark.parametrize(
  ('name', 'content', 'says'),
  [
    ('model.h5', b'\x89HDF\r\n\x1a\n', 'a file of HDF5, as Keras writes'),
    ('model.keras', b'PK\x03\x04', 'a zip archive, such as a .keras model'),
    ('x.tflite', b'\x1c\0\0\0TFL3', 'a LiteRT file'),
    ('x.ckpt.meta', b'graph', "a checkpoint's graph without its weights"),
    ('x.pbtxt', b'node {}', 'a graph as text'),
    ('frozen.pb', b'graph', 'a graph, whose weights are constants'),
    ('notes', b'', 'no file of weights that slimhub knows'),
  ],
)
def test_it_is_told_by_its_bytes_or_its_name(tmp_path, name, content, says):
  path = tmp_path / name
  path.write_bytes(content)
  assert other_files.describe(path).startswith(says)


def test_what_is_no_file_at_all(tmp_path):
  os.mkfifo(tmp_path / 'pipe')
  assert 'a named pipe' in other_files.describe(tmp_path / 'pipe')
