"""A checkpoint is found in every layout, and archives write nowhere else."""

import dataclasses
import io
import pathlib
import random
import tarfile

import pytest

from exporter import errors
from exporter.checkpoints import archive
import model_specs
from tests import tiny_network

_MODEL = tiny_network.MODEL
_NAME = 'tiny_1.0_32.ckpt'
_RELEASE = 'tiny_2020_01_01'
_ARCHIVE = 'tiny_1.0_32.tgz'
_FILES = {
  f'{_NAME}.index': b'the index',
  f'{_NAME}.data-00000-of-00001': b'the data',
}
_OLD_FILES = {_NAME: b'all in one'}
_OTHER_FILES = {'tiny_1.0_32_frozen.pb': b'a graph', f'{_NAME}.meta': b'meta'}


def _unpacked(folder: pathlib.Path, files: dict[str, bytes]) -> None:
  folder.mkdir(parents=True, exist_ok=True)
  for name, data in files.items():
    (folder / name).write_bytes(data)


def _packed(
  path: pathlib.Path,
  files: dict[str, bytes],
  prefix: str = '',
  mode: str = 'w:gz',
) -> pathlib.Path:
  path.parent.mkdir(parents=True, exist_ok=True)
  with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
    for name, data in files.items():
      member = tarfile.TarInfo(prefix + name)
      member.size = len(data)
      tar.addfile(member, io.BytesIO(data))
  return path


def _read(folder: pathlib.Path, model=_MODEL) -> dict[str, bytes]:
  """The files of the checkpoint that is found."""
  with archive.find(folder, model) as files:
    start = files.prefix.name
    return {
      files.name + path.name.removeprefix(start): path.read_bytes()
      for path in files.prefix.parent.glob(f'{start}*')
      if path != files.graph
    }


@pytest.mark.parametrize('files', [_FILES, _OLD_FILES], ids=['new', 'old'])
@pytest.mark.parametrize(
  'place', [f'{_RELEASE}/tiny_1.0_32', 'tiny_1.0_32', '.']
)
def test_unpacked(tmp_path, place, files):
  _unpacked(tmp_path / place, files)
  assert _read(tmp_path) == files


@pytest.mark.parametrize('files', [_FILES, _OLD_FILES], ids=['new', 'old'])
@pytest.mark.parametrize('prefix', ['', './', 'tiny_1.0_32/', 'a/b/c/'])
@pytest.mark.parametrize('place', ['.', _RELEASE])
def test_archived(tmp_path, place, prefix, files):
  path = tmp_path / place / _ARCHIVE
  _packed(path, {**_OTHER_FILES, **files}, prefix)
  assert _read(tmp_path) == files


@pytest.mark.parametrize('mode', ['w', 'w:gz', 'w:bz2'])
def test_archive_of_any_compression(tmp_path, mode):
  _packed(tmp_path / _ARCHIVE, _FILES, './', mode)
  assert _read(tmp_path) == _FILES


@pytest.mark.parametrize(
  'place',
  [
    'mobilenet_v1_2018_02_22/mobilenet_v1_0.25_128',
    'mobilenet_v1_0.25_128',
    '.',
  ],
)
def test_published_places_of_v1(tmp_path, place):
  files = {'mobilenet_v1_0.25_128.ckpt.index': b'the index'}
  _unpacked(tmp_path / place, files)
  model = model_specs.get_model('mobilenet_v1_025_128')
  assert _read(tmp_path, model) == files


@pytest.mark.parametrize('release', ['.', 'mobilenet_v1_2018_02_22'])
def test_published_archives_of_v1(tmp_path, release):
  files = {'mobilenet_v1_0.25_128.ckpt.index': b'the index'}
  _packed(tmp_path / release / 'mobilenet_v1_0.25_128.tgz', files, './')
  model = model_specs.get_model('mobilenet_v1_025_128')
  assert _read(tmp_path, model) == files


def test_unpacked_goes_before_archived(tmp_path):
  _packed(tmp_path / _ARCHIVE, {f'{_NAME}.index': b'archived'})
  _unpacked(tmp_path, _FILES)
  assert _read(tmp_path) == _FILES


@pytest.mark.parametrize('name', ['tiny_1.0_32', 'tiny_1_0_32'])
@pytest.mark.parametrize('packed', [False, True])
def test_the_frozen_graph_beside_a_checkpoint_is_recognised(
  tmp_path, name, packed
):
  graph = {f'{name}_frozen.pb': b'graph', 'other_frozen.pb': b'other'}
  if packed:
    _packed(tmp_path / _ARCHIVE, {**graph, **_FILES}, './')
  else:
    _unpacked(tmp_path / 'tiny_1.0_32', {**graph, **_FILES})
  with archive.find(tmp_path, _MODEL) as files:
    assert files.graph is not None
    assert files.graph.read_bytes() == b'graph'


def test_without_a_frozen_graph_there_is_none(tmp_path):
  _packed(tmp_path / _ARCHIVE, _FILES)
  with archive.find(tmp_path, _MODEL) as files:
    assert files.graph is None


def test_a_frozen_graph_alone_is_no_checkpoint(tmp_path):
  _packed(tmp_path / _ARCHIVE, {'tiny_1.0_32_frozen.pb': b'graph'})
  with pytest.raises(errors.CheckpointError, match='holds no checkpoint'):
    _read(tmp_path)


@pytest.mark.parametrize('name', _FILES)
def test_half_a_checkpoint_is_found_so_that_it_can_be_refused(tmp_path, name):
  _unpacked(tmp_path, {name: _FILES[name]})
  assert _read(tmp_path) == {name: _FILES[name]}


def test_the_unpacked_copy_goes_away(tmp_path):
  _packed(tmp_path / _ARCHIVE, _FILES)
  with archive.find(tmp_path, _MODEL) as files:
    folder = files.prefix.parent
    assert folder.exists()
  assert not folder.exists()


def test_the_checkpoint_stays(tmp_path):
  _unpacked(tmp_path, _FILES)
  _read(tmp_path)
  assert {path.name for path in tmp_path.iterdir()} == set(_FILES)


def test_a_copy_is_called_by_its_archive(tmp_path):
  path = _packed(tmp_path / _ARCHIVE, _FILES, 'a/')
  with archive.find(tmp_path, _MODEL) as files:
    assert files.shown == f'{path}: a/{_NAME}'
    assert files.name == _NAME


def test_other_files_are_not_copied(tmp_path, monkeypatch):
  temporary = tmp_path / 'temporary'
  temporary.mkdir()
  monkeypatch.setattr('tempfile.tempdir', str(temporary))
  others = {**_OTHER_FILES, 'tiny_1.0_32.tflite': b'x'}
  del others['tiny_1.0_32_frozen.pb']
  _packed(tmp_path / 'in' / _ARCHIVE, {**_FILES, **others}, 'a/b/')
  with archive.find(tmp_path / 'in', _MODEL) as files:
    folder = files.prefix.parent
    assert folder.parent == temporary
    assert len(list(folder.rglob('*'))) == len(_FILES)


@pytest.mark.parametrize('prefix', ['../', '/', '../../x/', 'a/../../'])
def test_an_archive_that_reaches_outside_is_refused(
  tmp_path, monkeypatch, prefix
):
  temporary = tmp_path / 'temporary' / 'below'
  temporary.mkdir(parents=True)
  monkeypatch.setattr('tempfile.tempdir', str(temporary))
  path = _packed(tmp_path / _ARCHIVE, {**_FILES, **_OTHER_FILES}, prefix)
  before = set(tmp_path.rglob('*'))
  with pytest.raises(errors.CheckpointError, match='is not safe to unpack'):
    _read(tmp_path)
  assert set(tmp_path.rglob('*')) == before
  assert path.exists()


@pytest.mark.parametrize('kind', [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_are_refused(tmp_path, kind):
  with tarfile.open(tmp_path / _ARCHIVE, 'w:gz') as tar:
    link = tarfile.TarInfo(f'{_NAME}.index')
    link.type = kind
    link.linkname = '/etc/passwd'
    tar.addfile(link)
  with pytest.raises(errors.CheckpointError, match='is not a regular file'):
    _read(tmp_path)


def test_two_checkpoints_of_one_name_are_refused(tmp_path):
  twice = {f'{folder}/{_NAME}.index': b'x' for folder in 'ab'}
  _packed(tmp_path / _ARCHIVE, twice)
  with pytest.raises(errors.CheckpointError) as raised:
    _read(tmp_path)
  assert f'holds a/{_NAME} and b/{_NAME}, expected one' in str(raised.value)


def test_models_are_lacking_where_nothing_is_found(tmp_path):
  absent = dataclasses.replace(
    _MODEL, name='tiny_2', checkpoint='y/tiny_2.ckpt', archive_url='https://x/y'
  )
  for place in ('.', _RELEASE):
    folder = tmp_path / place.strip('.')
    path = _packed(folder / _ARCHIVE, _FILES)
    assert archive.lacking_archives(tmp_path, [_MODEL, absent]) == (absent,)
    path.unlink()
  _unpacked(tmp_path / 'tiny_1.0_32', _OLD_FILES)
  assert archive.lacking_archives(tmp_path, [_MODEL, absent]) == (absent,)
  assert archive.lacking_archives(tmp_path / 'no', [_MODEL]) == (_MODEL,)


def test_a_missing_folder_is_refused(tmp_path):
  with pytest.raises(errors.CheckpointError) as raised:
    _read(tmp_path / 'nowhere')
  assert str(raised.value) == (
    f'checkpoint folder {tmp_path}/nowhere does not exist; '
    'name the folder that holds the checkpoints, or `slimhub fetch '
    f'tiny_100_32 --checkpoint_dir={tmp_path}/nowhere` makes it'
  )


def test_a_file_instead_of_a_folder_is_called_one(tmp_path):
  (tmp_path / 'file').touch()
  with pytest.raises(errors.CheckpointError, match='file is a file; name the'):
    _read(tmp_path / 'file')


def test_an_empty_folder_is_refused_with_every_place(tmp_path):
  with pytest.raises(errors.CheckpointError) as raised:
    _read(tmp_path)
  assert str(raised.value).splitlines() == [
    f'no checkpoint of tiny_100_32 in {tmp_path}; looked for',
    f'  {tmp_path}/{_MODEL.checkpoint}.index',
    f'  {tmp_path}/tiny_1.0_32/{_NAME}.index',
    f'  {tmp_path}/{_NAME}.index',
    f'  {tmp_path}/{_ARCHIVE}',
    f'  {tmp_path}/{_RELEASE}/{_ARCHIVE}',
    f'`slimhub fetch tiny_100_32 --checkpoint_dir={tmp_path}` downloads '
    + _MODEL.archive_url,
  ]


def test_an_archive_of_something_else_is_refused(tmp_path):
  path = _packed(tmp_path / _ARCHIVE, {'mobilenet_v2_1.0_224.ckpt.index': b''})
  with pytest.raises(errors.CheckpointError) as raised:
    _read(tmp_path)
  assert str(raised.value) == (
    f'archive {path} holds no checkpoint, expected one {_NAME}; '
    'put the archive of this model in its place'
  )


def _damage(data: bytes) -> dict[str, bytes]:
  noise = random.Random(1)
  cut = {f'cut to {n}': data[:n] for n in (0, 1, 20, 100, len(data) // 2)}
  return {
    **cut,
    'noise': noise.randbytes(2000),
    'noise inside': data[:100] + noise.randbytes(100) + data[200:],
    'page': b'<!DOCTYPE html><title>404 Not Found</title>',
  }


# Members that gzip cannot make small, so that every cut goes through one.
_LARGE = {name: random.Random(name).randbytes(2000) for name in _FILES}


@pytest.mark.parametrize('kind', _damage(b''))
def test_a_damaged_archive_is_refused(tmp_path, kind):
  path = _packed(tmp_path / _ARCHIVE, _LARGE)
  path.write_bytes(_damage(path.read_bytes())[kind])
  with pytest.raises(errors.CheckpointError) as raised:
    _read(tmp_path)
  message = str(raised.value)
  assert message.startswith(f'archive {path} cannot be unpacked: ')
  assert message.endswith('it is damaged or no tar archive; download it again')


def test_a_folder_in_place_of_the_archive_is_refused(tmp_path):
  (tmp_path / _ARCHIVE).mkdir()
  with pytest.raises(errors.CheckpointError, match='is a folder, expected a'):
    _read(tmp_path)
