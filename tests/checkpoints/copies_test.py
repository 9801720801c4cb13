"""What is taken from an archive never has a name that the archive chose."""

import contextlib
import pathlib
import tarfile

import pytest

from exporter import errors
from exporter.checkpoints import copies
from exporter.checkpoints import scratch

_FILES = ('model.ckpt-7.index', 'model.ckpt-7.data-00000-of-00001')


@pytest.fixture(name='archive')
def _archive(tmp_path) -> pathlib.Path:
  with tarfile.open(tmp_path / 'it.tar.gz', 'w:gz') as tar:
    for name in (*_FILES, 'old.ckpt', 'graph.pb', 'note'):
      path = tmp_path / name
      path.write_text(f'what {name} holds')
      tar.add(path, f'deep/{name}')
  return tmp_path / 'it.tar.gz'


def test_an_archive_is_copied_under_names_of_our_own(archive):
  with copies.copied(archive) as copied:
    names = ('deep/model.ckpt-7', 'deep/old.ckpt')
    assert tuple(copied.checkpoints) == names
    ((name, graph),) = copied.graphs.items()
    assert (graph.read_text(), name) == ('what graph.pb holds', 'deep/graph.pb')
    new, old = copied.checkpoints.values()
    assert (new.name, new.shown) == ('model.ckpt-7', f'{archive}: {names[0]}')
    assert old.prefix.read_text() == 'what old.ckpt holds'
    for file in _FILES:
      copy = new.prefix.name + file.removeprefix(new.name)
      assert new.prefix.with_name(copy).read_text() == f'what {file} holds'
    assert len(list(new.prefix.parent.iterdir())) == 4
    assert all(p.name[0] in '012' for p in new.prefix.parent.iterdir())
  assert not graph.exists()


def test_only_what_is_wanted_is_copied(archive):
  with copies.copied(archive, lambda path: path.suffix == '.ckpt') as copied:
    assert list(copied.checkpoints) == ['deep/old.ckpt']
    assert not copied.graphs


def test_a_full_disk_is_told_with_the_folder_and_its_variable(
  archive, tmp_path, monkeypatch
):
  folder = tmp_path / 'temporary' / 'slimhub-copies-1'
  folder.mkdir(parents=True)
  (folder / '0.index').symlink_to('/dev/full')
  monkeypatch.setattr(scratch, 'folder', lambda: contextlib.nullcontext(folder))
  says = (
    f'archive {archive} cannot be unpacked in the temporary folder '
    f'{folder.parent}: No space left on device; the disk is full; .*TMPDIR'
  )
  with (
    pytest.raises(errors.MachineError, match=says),
    copies.copied(archive),
  ):
    pass


def test_checking_copies_nothing(archive, monkeypatch):
  monkeypatch.chdir(archive.parent)
  before = set(archive.parent.iterdir())
  assert len(copies.copy(archive, None).checkpoints) == 2
  assert set(archive.parent.iterdir()) == before


def test_one_file_twice_is_refused(archive):
  with tarfile.open(archive, 'w') as tar:
    for _ in range(2):
      tar.addfile(tarfile.TarInfo('a.index'))
  with (
    pytest.raises(errors.CheckpointError, match=r'holds a\.index twice'),
    copies.copied(archive),
  ):
    pass
