"""Any path that leads to a checkpoint finds it; any other is told apart."""

import pathlib
import shutil
import tarfile
import zipfile

import pytest
import tensorflow as tf

from exporter import errors
from exporter.checkpoints import specimen
from exporter.checkpoints import specimens
from tests import checkpoints_made as checkpoints
from tests import frozen_graphs
from tests import tiny_network


def _write(folder: pathlib.Path, name: str = 'model.ckpt-7', **how: bool):
  return checkpoints.write(folder / name, tiny_network.tensors(), **how)


def _pack(folder: pathlib.Path, archive: pathlib.Path) -> pathlib.Path:
  with tarfile.open(archive, 'w:gz') as tar:
    tar.add(folder, '.')
  return archive


def _names(path: pathlib.Path) -> list[str]:
  with specimens.find_specimens(path) as opened:
    for weights_file in opened:
      assert weights_file.shapes.keys() == tiny_network.tensors().keys()
      weights_file.read('Tiny/Conv2d_0/weights')
    return [weights_file.name for weights_file in opened]


@pytest.mark.parametrize(
  'end', ['', '.index', '.data-00000-of-00001', '.meta', '/..']
)
def test_a_prefix_any_of_its_files_or_the_folder(tmp_path, end):
  prefix = _write(tmp_path)
  prefix.with_name(f'{prefix.name}.meta').touch()
  path = tmp_path if end == '/..' else tmp_path / f'{prefix.name}{end}'
  assert _names(path) == [str(prefix)]


def test_one_file_of_the_older_format_and_its_folder(tmp_path):
  prefix = _write(tmp_path, 'inception.ckpt', old_format=True)
  assert _names(prefix) == _names(tmp_path) == [str(prefix)]


def test_the_newest_of_a_training_also_after_it_moved(tmp_path):
  (tmp_path / 'old').mkdir()
  for number in (1, 2, 3):
    _write(tmp_path / 'old', f'model.ckpt-{number}')
  tf.compat.v1.train.update_checkpoint_state(
    str(tmp_path / 'old'), str(tmp_path / 'old/model.ckpt-2')
  )
  shutil.move(tmp_path / 'old', tmp_path / 'new')
  newest = [str(tmp_path / 'new/model.ckpt-2')]
  assert _names(tmp_path / 'new') == newest
  assert _names(tmp_path / 'new/checkpoint') == newest


def test_a_folder_that_does_not_say_which_gives_all(tmp_path):
  _write(tmp_path, 'a')
  _write(tmp_path, 'b')
  assert _names(tmp_path) == [str(tmp_path / 'a'), str(tmp_path / 'b')]


@pytest.mark.parametrize('old_format', [False, True])
def test_an_archive(tmp_path, old_format):
  _write(tmp_path / 'in/folder', 'a.ckpt', old_format=old_format)
  archive = _pack(tmp_path / 'in', tmp_path / 'a.tar.gz')
  assert _names(archive) == [f'{archive}: folder/a.ckpt']
  with specimens.find_specimens(archive) as (weights_file,):
    assert weights_file.path == str(archive)


def test_an_archive_of_two_gives_both(tmp_path):
  for place in ('', 'ema'):
    _write(tmp_path / 'in' / place, 'model-5')
  archive = _pack(tmp_path / 'in', tmp_path / 'a.tgz')
  names = {f'{archive}: model-5', f'{archive}: ema/model-5'}
  assert set(_names(archive)) == names


def test_a_frozen_graph_alone_or_in_an_archive(tmp_path):
  (tmp_path / 'in').mkdir()
  path = tmp_path / 'in/x.pb'
  path.write_bytes(frozen_graphs.make(tiny_network.tensors()))
  archive = _pack(tmp_path / 'in', tmp_path / 'x.tar.gz')
  assert _names(path) == _names(tmp_path / 'in') == [str(path)]
  assert _names(archive) == [f'{archive}: x.pb']


def test_the_graph_beside_a_checkpoint_says_the_size(tmp_path):
  _write(tmp_path / 'in', 'x.ckpt')
  graph = frozen_graphs.make(tiny_network.tensors())
  (tmp_path / 'in/x_frozen.pb').write_bytes(graph)
  archive = _pack(tmp_path / 'in', tmp_path / 'x.tar.gz')
  for path in (tmp_path / 'in', tmp_path / 'in/x.ckpt', archive):
    with specimens.find_specimens(path) as (weights_file,):
      assert (weights_file.kind, weights_file.size) == (specimen.NEW, 32)


def _empty(folder: pathlib.Path) -> pathlib.Path:
  (folder / 'notes.txt').touch()
  return folder


def _saved_model(folder: pathlib.Path) -> pathlib.Path:
  (folder / 'saved_model.pb').touch()
  return folder


def _zip(folder: pathlib.Path) -> pathlib.Path:
  with zipfile.ZipFile(folder / 'x.keras', 'w') as file:
    file.writestr('config.json', '{}')
  return folder / 'x.keras'


def _bytes(name: str, data: bytes):
  def make(folder: pathlib.Path) -> pathlib.Path:
    (folder / name).write_bytes(data)
    return folder / name

  return make


def _half(folder: pathlib.Path) -> pathlib.Path:
  prefix = _write(folder, 'a.ckpt')
  prefix.with_name('a.ckpt.index').unlink()
  return prefix.with_name('a.ckpt.data-00000-of-00001')


def _misspelt(folder: pathlib.Path) -> pathlib.Path:
  _write(folder, 'model.ckpt-100')
  return folder / 'model.ckpt-10'


@pytest.mark.parametrize(
  ('make', 'says'),
  [
    (_empty, 'is a folder without a checkpoint (notes.txt)'),
    (_saved_model, 'is a SavedModel, not a checkpoint; `slimhub inspect'),
    (_zip, 'is a zip archive, such as a .keras model'),
    (_bytes('x.h5', b'\x89HDF\r\n'), 'is a file of HDF5, as Keras'),
    (_bytes('x.tflite', b'....TFL3'), 'is a LiteRT file'),
    (_bytes('x.meta', b'...'), "is a checkpoint's graph without its weights"),
    (_bytes('x.pbtxt', b'node {'), 'is a graph as text, without weights'),
    (_bytes('x.ckpt', b'who knows'), 'no file of weights that slimhub knows'),
    (_bytes('x.pb', b''), 'is a graph without weights'),
    (_half, 'a.ckpt cannot be read'),
    (_misspelt, 'does not exist (there is model.ckpt-100)'),
  ],
)
def test_what_is_none_is_told_apart(tmp_path, make, says):
  with (
    pytest.raises(errors.CheckpointError) as caught,
    specimens.find_specimens(make(tmp_path)),
  ):
    pass
  assert says in str(caught.value)
