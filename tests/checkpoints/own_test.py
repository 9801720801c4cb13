"""The checkpoint of an own model, in every form that trainings leave."""

import gzip
import pathlib
import re
import tarfile

import numpy as np
import pytest

from exporter import errors
from exporter import networks
from exporter.checkpoints import synthetic
from tests import checkpoints_made as checkpoints
from tests import some_spec_file
from tests.checkpoints import some_own

_WANTED, _TENSORS = some_own.WANTED, some_own.TENSORS
_model, _read, _same = some_own.model, some_own.read, some_own.same
_CLASSIFIER = 'MobilenetV1/Logits/Conv2d_1c_1x1'


def _pack(archive: pathlib.Path, folder: pathlib.Path) -> None:
  with tarfile.open(archive, 'w:gz') as tar:
    tar.add(folder, folder.name)


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  """A training's folder, as V2, and one V1 file beside it."""
  train = tmp_path / 'train'
  for step in (5, 10):
    checkpoints.write(train / f'model.ckpt-{step}', _TENSORS)
  (train / 'model.ckpt-10.meta').touch()
  (train / 'checkpoint').write_text(
    'model_checkpoint_path: "model.ckpt-10"\n'
    'all_model_checkpoint_paths: "model.ckpt-5"\n'
  )
  checkpoints.write(tmp_path / 'old.ckpt', _TENSORS, old_format=True)
  checkpoints.write(tmp_path / 'one' / 'model.ckpt', _TENSORS)
  _pack(tmp_path / 'one.tar.gz', tmp_path / 'one')
  _pack(tmp_path / 'old.tar.gz', tmp_path / 'old.ckpt')
  return tmp_path


@pytest.mark.parametrize(
  ('path', 'name'),
  [
    ('train/model.ckpt-5', 'model.ckpt-5'),
    ('train/model.ckpt-5.index', 'model.ckpt-5'),
    ('train/model.ckpt-10.meta', 'model.ckpt-10'),
    ('train/model.ckpt-5.data-00000-of-00001', 'model.ckpt-5'),
    ('train', 'model.ckpt-10'),
    ('train/checkpoint', 'model.ckpt-10'),
    ('one', 'model.ckpt'),
    ('one.tar.gz', 'model.ckpt'),
    ('old.ckpt', 'old.ckpt'),
    ('old.tar.gz', 'old.ckpt'),
  ],
)
def test_each_form_is_read(folder, path, name):
  loaded = _read(folder, path)
  assert _same(loaded)
  assert (loaded.name, loaded.kind) == (name, 'raw')
  assert loaded.has_classifier


def test_a_folder_that_was_moved(folder):
  (folder / 'train/checkpoint').write_text(
    'model_checkpoint_path: "/gone/train/model.ckpt-10"\n'
  )
  assert _read(folder, 'train').name == 'model.ckpt-10'


def test_it_may_lie_in_the_folder_of_checkpoints(folder):
  (folder / 'specs').mkdir()
  assert _same(_read(folder / 'specs', 'one', other=folder))


@pytest.mark.parametrize('beside', ['one', 'one.tar.gz'])
def test_what_lies_beside_the_spec_does_not_hide_what_it_lacks(folder, beside):
  """An empty folder, or an archive without checkpoint, is no checkpoint."""
  specs = folder / 'specs'
  (specs / 'one').mkdir(parents=True)
  _pack(specs / 'one.tar.gz', specs / 'one')
  assert _same(_read(specs, beside, other=folder))


def test_a_folder_whose_newest_is_gone_gives_no_other(folder):
  (folder / 'one/checkpoint').write_text('model_checkpoint_path: "gone"\n')
  with pytest.raises(errors.CheckpointError, match='names gone as the newest'):
    _read(folder, 'one')
  assert _same(_read(folder, 'one/model.ckpt'))


def test_an_absolute_path(folder):
  assert _same(_read(folder / 'elsewhere', str(folder / 'one')))


def test_a_trainings_averages_are_taken(folder):
  held = checkpoints.with_slots(_TENSORS, _WANTED.trainable)
  checkpoints.write(folder / 'ema.ckpt', held)
  assert _read(folder, 'ema.ckpt').kind == 'ema'
  assert _same(_read(folder, 'ema.ckpt', 'raw'))


def test_a_checkpoint_without_classifier(folder):
  without_classifier = {
    n: t for n, t in _TENSORS.items() if not n.startswith(_CLASSIFIER)
  }
  assert len(without_classifier) == len(_TENSORS) - 2
  checkpoints.write(folder / 'bare.ckpt', without_classifier)
  for classes in (3, None):
    loaded = _read(folder, 'bare.ckpt', num_classes=classes)
    assert not loaded.has_classifier
    assert loaded.tensors.keys() == _TENSORS.keys()
    assert not loaded.tensors[f'{_CLASSIFIER}/weights'].any()


def test_a_classifier_that_the_spec_leaves_out_is_not_read(folder):
  loaded = _read(folder, 'one', num_classes=None)
  assert not loaded.has_classifier
  assert not loaded.tensors[f'{_CLASSIFIER}/biases'].any()


def test_another_number_of_classes_is_said_in_both_numbers(folder):
  seven_classes = {
    **_TENSORS,
    f'{_CLASSIFIER}/weights': np.zeros([1, 1, 256, 7], np.float32),
    f'{_CLASSIFIER}/biases': np.zeros([7], np.float32),
  }
  checkpoints.write(folder / 'seven.ckpt', seven_classes)
  with pytest.raises(errors.CheckpointError) as raised:
    _read(folder, 'seven.ckpt')
  text = str(raised.value)
  assert 'seven.ckpt has a classifier of 7 classes' in text
  assert "expected 3, the num_classes of 'small'" in text
  assert f'{folder}/my.toml; write num_classes = 7 there' in text


def test_half_a_classifier_is_an_error(folder):
  without_biases = {
    n: t for n, t in _TENSORS.items() if n != f'{_CLASSIFIER}/biases'
  }
  checkpoints.write(folder / 'half.ckpt', without_biases)
  with pytest.raises(errors.CheckpointError, match='biases: missing'):
    _read(folder, 'half.ckpt')


@pytest.mark.parametrize(
  ('path', 'says'),
  [
    (None, 'names no checkpoint; write checkpoint = "PATH" there'),
    ('train/model.ckpt-11', 'looked for\n  FOLDER/train/model.ckpt-11\n'),
    ('two', 'two, a folder that holds a.ckpt, b.ckpt, expected one checkpoint'),
    ('empty', 'a folder that holds no checkpoint, expected one checkpoint'),
    ('torn', 'torn/c.ckpt.index: No such file or directory'),
    ('torn/c.ckpt', 'torn/c.ckpt.index: No such file or directory'),
    ('two.tar.gz', 'holds two/a.ckpt, two/b.ckpt, expected one checkpoint'),
    ('empty.tar.gz', 'holds none, expected one checkpoint'),
    ('notes.txt', 'notes.txt, no file of weights that slimhub knows'),
    ('my.zip', 'my.zip, a zip archive, such as a .keras model'),
    ('frozen.pb', 'frozen.pb, a graph, whose weights are constants'),
  ],
)
def test_what_is_no_checkpoint(folder, path, says):
  for name in ('a', 'b'):
    checkpoints.write(folder / 'two' / f'{name}.ckpt', {'x': np.zeros([1])})
  (folder / 'torn').mkdir()
  (folder / 'torn' / 'c.ckpt.data-00000-of-00001').touch()
  (folder / 'empty').mkdir()
  for name in ('two', 'empty'):
    _pack(folder / f'{name}.tar.gz', folder / name)
  (folder / 'notes.txt').write_text('later')
  (folder / 'my.zip').write_bytes(b'PK\x03\x04')
  (folder / 'frozen.pb').write_bytes(b'graph')
  expected = re.escape(says.replace('FOLDER', str(folder)))
  with pytest.raises(errors.CheckpointError, match=expected):
    _read(folder, path)


def test_an_archive_that_would_fill_the_memory_is_refused_at_once(folder):
  header = tarfile.TarInfo('evil')
  header.type, header.size = tarfile.XHDTYPE, 3 * 2**30
  with gzip.open(folder / 'bomb.tgz', 'wb') as tar:
    tar.write(header.tobuf(tarfile.GNU_FORMAT))
    tar.write(bytes(10 * 2**20))
  with pytest.raises(
    errors.CheckpointError, match='not safe to unpack: the header'
  ):
    _read(folder, 'bomb.tgz')


def test_a_damaged_one_in_an_archive_names_the_archive(folder):
  data = folder / 'one/model.ckpt.data-00000-of-00001'
  data.write_bytes(data.read_bytes()[:1000])
  _pack(folder / 'one.tar.gz', folder / 'one')
  with pytest.raises(errors.CheckpointError, match=r'one\.tar\.gz'):
    _read(folder, 'one.tar.gz')


def test_a_scope_of_ones_own_around_the_network_is_no_obstacle(tmp_path):
  inner = {f'my/student/{name}': tensor for name, tensor in _TENSORS.items()}
  trained = checkpoints.with_slots(inner, frozenset())
  others = {'head/dense/kernel': np.zeros([2], np.float32)}
  checkpoints.write(tmp_path / 'a', {**inner, **others})
  assert _same(_read(tmp_path, 'a'))
  checkpoints.write(tmp_path / 'old', inner, old_format=True)
  assert _same(_read(tmp_path, 'old'))
  checkpoints.write(tmp_path / 'b', trained)
  averages = _read(tmp_path, 'b')
  assert averages.kind == 'ema'
  name = f'{_CLASSIFIER}/biases'
  np.testing.assert_array_equal(
    averages.tensors[name],
    trained[f'my/student/{name}/{checkpoints.SHADOW}'],
  )


def test_a_network_that_is_there_twice_is_refused(tmp_path):
  networks = {
    f'{scope}/{name}': tensor
    for scope in ('student', 'teacher')
    for name, tensor in _TENSORS.items()
  }
  checkpoints.write(tmp_path / 'a', networks)
  with pytest.raises(
    errors.CheckpointError,
    match='the network more than once, below student/ and teacher/; exp',
  ):
    _read(tmp_path, 'a')
  checkpoints.write(tmp_path / 'b', {**networks, **_TENSORS})
  assert _same(_read(tmp_path, 'b'))


def test_values_below_a_scope_are_checked_as_others_are(tmp_path):
  inner = {f'student/{name}': tensor for name, tensor in _TENSORS.items()}
  inner[f'student/{_CLASSIFIER}/biases'] = np.full([3], np.nan, np.float32)
  checkpoints.write(tmp_path / 'a', inner)
  with pytest.raises(errors.CheckpointError, match='3 of 3 values are NaN'):
    _read(tmp_path, 'a')


def test_another_multiplier_is_named(tmp_path):
  wider, _ = networks.sources(some_spec_file.model(multiplier=0.5))
  checkpoints.write(tmp_path / 'a', synthetic.tensors(wider.shapes))
  says = 'it is of network = "mobilenet_v1" and multiplier = 0.5: a spec file'
  with pytest.raises(errors.CheckpointError, match=says):
    _read(tmp_path, 'a')
