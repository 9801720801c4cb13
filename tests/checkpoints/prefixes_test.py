"""A checkpoint is found by any of its files, in a folder or an archive."""

import tarfile

import pytest

from exporter.checkpoints import prefixes

_FILES = ('model.ckpt-7.index', 'model.ckpt-7.data-00000-of-00001')


@pytest.fixture(name='folder')
def _folder(tmp_path):
  for name in (*_FILES, 'model.ckpt-7.meta', 'old.ckpt', 'graph.pb', 'note'):
    (tmp_path / name).write_text(f'what {name} holds')
  return tmp_path


@pytest.mark.parametrize('name', ['model.ckpt-7', *_FILES, 'model.ckpt-7.meta'])
def test_any_of_its_files_leads_to_it(folder, name):
  assert prefixes.of(folder / name) == folder / 'model.ckpt-7'


@pytest.mark.parametrize('name', ['old.ckpt', 'graph.pb', 'other.ckpt.meta'])
def test_what_is_of_none_is_of_none(folder, name):
  (folder / 'other.ckpt.meta').touch()
  assert prefixes.of(folder / name) is None


def test_a_part_without_its_index_is_of_a_checkpoint_all_the_same(folder):
  (folder / _FILES[0]).unlink()
  assert prefixes.of(folder / _FILES[1]) == folder / 'model.ckpt-7'


def test_a_folder_that_was_moved_names_its_newest(folder):
  assert prefixes.newest(folder) is None
  state = 'model_checkpoint_path: "/elsewhere/model.ckpt-7"\n'
  (folder / 'checkpoint').write_text(state)
  assert prefixes.newest(folder) == folder / 'model.ckpt-7'


def test_an_archive_is_copied_under_names_of_our_own(folder, tmp_path):
  packed, unpacked = tmp_path / 'it.tar.gz', tmp_path / 'unpacked'
  unpacked.mkdir()
  with tarfile.open(packed, 'w:gz') as archive:
    for name in (*_FILES, 'old.ckpt', 'graph.pb', 'note'):
      archive.add(folder / name, f'deep/{name}')
  found = prefixes.unpack(packed, unpacked)
  assert set(found.prefixes.values()) == {'deep/model.ckpt-7', 'deep/old.ckpt'}
  ((graph, name),) = found.graphs.items()
  assert (graph.read_text(), name) == ('what graph.pb holds', 'deep/graph.pb')
  for copy, name in found.prefixes.items():
    parts = _FILES if name.endswith('-7') else ('old.ckpt',)
    for part in parts:
      suffix = part.removeprefix('model.ckpt-7') if len(parts) > 1 else ''
      text = copy.with_name(copy.name + suffix).read_text()
      assert text == f'what {part} holds'
  assert len(list(unpacked.iterdir())) == 4
