"""Other bytes of a checkpoint, wherever it may lie, are other causes."""

from collections.abc import Callable
import os
import pathlib

import pytest

from exporter import environment
from exporter.checkpoints import prefixes
from exporter.checkpoints import reader
from exporter.checkpoints import readings
from exporter.checkpoints.fetch import checksums
from exporter.networks import builders
import model_specs
from model_specs import checksums as checksums_lib
from tests import some_spec_file

_PUBLISHED = model_specs.get_model('mobilenet_v1_025_128')
_PREFIX = 'mobilenet_v1_0.25_128/mobilenet_v1_0.25_128.ckpt'
_PARTS = ('.index', '.data-00000-of-00001')


def _own(folder: pathlib.Path, checkpoint: str) -> model_specs.ModelSpec:
  path = some_spec_file.write(folder, checkpoint=checkpoint)
  (model,) = model_specs.spec_files.read_models(path)
  return model


def _write(folder: pathlib.Path, *names: str) -> None:
  for name in names:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b'bytes of ' + name.encode())


def _change(path: pathlib.Path) -> None:
  """Changes a byte; size, inode and time of the file stay as they are."""
  before = path.stat()
  with path.open('r+b') as file:
    file.write(b'B')
  os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
  assert path.stat().st_mtime_ns == before.st_mtime_ns


def _assert_each_counts(
  folder: pathlib.Path, causes: Callable[[], readings.Causes | None]
) -> None:
  """Each file in a folder is a cause, and so is that it is there."""
  all_causes = {causes()}
  files = [path for path in sorted(folder.rglob('*')) if path.is_file()]
  for number, path in enumerate(files, 1):
    _change(path)
    all_causes.add(causes())
    assert len(all_causes) == 2 * number, f'{path.name} changed'
    path.rename(path.with_name('away'))
    all_causes.add(causes())
    assert len(all_causes) == 2 * number + 1, f'{path.name} is missing'
    path.with_name('away').rename(path)
  assert None not in all_causes


def test_every_file_of_a_published_checkpoint_counts(tmp_path):
  _write(tmp_path, *(_PREFIX + part for part in _PARTS))
  _write(tmp_path, 'mobilenet_v1_0.25_128/mobilenet_v1_0.25_128_frozen.pb')
  _write(tmp_path, 'mobilenet_v1_0.25_128.ckpt', _PUBLISHED.archive_name)
  _assert_each_counts(
    tmp_path, lambda: readings.causes(_PUBLISHED, tmp_path, 'auto')
  )


def test_what_is_known_of_an_archive_counts(tmp_path):
  _write(tmp_path, _PUBLISHED.archive_name)
  before = readings.causes(_PUBLISHED, tmp_path, 'auto')
  checksum = checksums.measure(
    tmp_path / _PUBLISHED.archive_name, _PUBLISHED.archive_url
  )
  checksums.add(tmp_path / checksums_lib.FILE, checksum)
  assert readings.causes(_PUBLISHED, tmp_path, 'auto') != before


@pytest.mark.parametrize(
  ('checkpoint', 'names'),
  [
    ('train/model.ckpt-7', [f'train/model.ckpt-7{part}' for part in _PARTS]),
    ('train/model', ['train/model']),
    ('own.tgz', ['own.tgz']),
    (
      'train',
      ['train/checkpoint', 'train/model.ckpt-7.index', 'train/model.ckpt-8'],
    ),
    (
      'train/checkpoint',
      ['train/checkpoint', 'train/model.ckpt-7.index', 'train/model.ckpt-8'],
    ),
  ],
)
@pytest.mark.parametrize('beside', [True, False])
def test_every_file_of_an_own_checkpoint_counts(
  tmp_path, checkpoint, names, beside
):
  (tmp_path / 'spec').mkdir()
  (tmp_path / 'folder').mkdir()
  model = _own(tmp_path / 'spec', checkpoint)
  assert model.own
  assert model.own.folder
  holds = tmp_path / ('spec' if beside else 'folder')
  (tmp_path / 'spec/models.toml').unlink()
  _write(holds, *names)
  _assert_each_counts(
    holds, lambda: readings.causes(model, tmp_path / 'folder', 'auto')
  )


def test_a_table_counts_whatever_its_name_and_much_else_does_not(tmp_path):
  model = _own(tmp_path, 'train')
  _write(tmp_path, 'train/model', 'train/events.out.tfevents')
  before = readings.causes(model, tmp_path, 'auto')
  _change(tmp_path / 'train/events.out.tfevents')
  assert readings.causes(model, tmp_path, 'auto') == before
  with (tmp_path / 'train/model').open('ab') as file:
    file.write(prefixes.MAGIC)
  table = readings.causes(model, tmp_path, 'auto')
  assert table != before
  _change(tmp_path / 'train/model')
  assert readings.causes(model, tmp_path, 'auto') != table


def test_the_model_the_choice_and_what_reads_count(tmp_path, monkeypatch):
  other_model = model_specs.get_model('mobilenet_v1_025_160')
  all_causes = {
    readings.causes(_PUBLISHED, tmp_path, 'auto'),
    readings.causes(_PUBLISHED, tmp_path, 'raw'),
    readings.causes(_PUBLISHED, None, 'synthetic'),
    readings.causes(other_model, None, 'synthetic'),
  }
  monkeypatch.setattr(readings, '_CODE', ('networks',))
  readings._code.cache_clear()
  all_causes.add(readings.causes(_PUBLISHED, None, 'synthetic'))
  readings._code.cache_clear()
  monkeypatch.undo()
  libraries = {**environment.libraries(), 'numpy': '99'}
  monkeypatch.setattr(environment, 'libraries', lambda: libraries)
  all_causes.add(readings.causes(_PUBLISHED, None, 'synthetic'))
  assert len(all_causes) == 6
  assert None not in all_causes


def test_modules_that_read_are_those_of_two_packages():
  names = [name for name, _ in readings._code()]
  for module in (reader, builders):
    path = module.__name__.removeprefix('exporter.').replace('.', '/')
    assert f'{path}.py' in names


def test_what_cannot_be_read_has_no_causes(tmp_path):
  assert readings.causes(_PUBLISHED, tmp_path / 'none', 'auto')
  (tmp_path / checksums_lib.FILE).write_text('no checksums')
  assert readings.causes(_PUBLISHED, tmp_path, 'auto') is None
