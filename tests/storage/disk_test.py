"""What is written is on the disk before anything says that it is there."""

import os
import pathlib
import threading

import pytest
import upath

from exporter.storage import delivery
from exporter.storage import disk
from exporter.storage import places
import model_specs

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/3'
)


@pytest.fixture(name='calls')
def _calls(monkeypatch):
  """The synchronized and renamed paths in order, each as named at that time."""
  calls: list[tuple[str, str]] = []
  sync, rename, replace = os.fsync, pathlib.Path.rename, pathlib.Path.replace

  def note_sync(descriptor: int) -> None:
    sync(descriptor)
    calls.append(
      ('sync', str(pathlib.Path(f'/proc/self/fd/{descriptor}').readlink()))
    )

  def note_rename(path: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    calls.append(('rename', str(path)))
    return rename(path, target)

  def note_replace(path: pathlib.Path, target: pathlib.Path) -> pathlib.Path:
    calls.append(('rename', str(path)))
    return replace(path, target)

  monkeypatch.setattr(os, 'fsync', note_sync)
  monkeypatch.setattr(pathlib.Path, 'rename', note_rename)
  monkeypatch.setattr(pathlib.Path, 'replace', note_replace)
  return calls


def _stage(folder: pathlib.Path) -> places.Place[pathlib.Path]:
  place = places.Place(folder / 'a', folder / 'm.json', folder / 'c.md')
  (place.artifact / 'variables').mkdir(parents=True)
  (place.artifact / 'saved_model.pb').write_bytes(b'graph')
  (place.artifact / 'variables/data').write_bytes(b'weights')
  place.manifest.write_text('manifest')
  for path in (place.card, place.provenance, place.bom):
    path.write_text('text')
  return place


def test_all_of_an_artifact_is_on_the_disk_before_it_has_its_name(
  tmp_path, calls
):
  output = tmp_path / 'out'
  with delivery.stage(output) as folder:
    staged = _stage(folder)
    delivery.deliver(_HANDLE, staged, output, may_replace=False)
  place = places.place(output, _HANDLE)
  renames = [at for at, (what, _) in enumerate(calls) if what == 'rename']
  synced = {name for what, name in calls[: renames[0]] if what == 'sync'}
  assert synced == {
    str(path)
    for path in (
      staged.artifact,
      staged.artifact / 'saved_model.pb',
      staged.artifact / 'variables',
      staged.artifact / 'variables/data',
      *staged.said,
    )
  }
  # The folder is synchronized once before the manifest gets its name, so that
  # all other names are on the disk, and once after it.
  beside = ('sync', str(place.manifest.parent))
  assert [calls[at][1] for at in renames] == [
    str(staged.artifact),
    *map(str, staged.said),
  ]
  assert beside in calls[renames[-2] : renames[-1]]
  assert calls[-1] == beside


def test_the_disk_takes_an_artifact_while_the_caller_is_at_work(
  tmp_path, monkeypatch
):
  staged, has_begun = _stage(tmp_path), threading.Event()
  monkeypatch.setattr(os, 'fsync', lambda _: has_begun.set())
  with delivery.syncing(staged.artifact, tmp_path / 'out'):
    assert has_begun.wait(60)


def test_what_the_disk_then_could_not_take_is_told(tmp_path, calls):
  staged = _stage(tmp_path)
  with (
    pytest.raises(FileNotFoundError, match='nothing'),
    delivery.syncing(tmp_path / 'nothing', tmp_path / 'out'),
  ):
    pass
  with delivery.syncing(staged.artifact, tmp_path / 'out'):
    pass
  assert ('sync', str(staged.artifact / 'variables/data')) in calls


def test_without_a_thread_the_delivery_waits_for_the_disk(
  tmp_path, calls, monkeypatch
):
  def refuse(_: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")

  monkeypatch.setattr(threading.Thread, 'start', refuse)
  output = tmp_path / 'out'
  with delivery.stage(output) as folder:
    staged = _stage(folder)
    with delivery.syncing(staged.artifact, output):
      assert not calls
    delivery.deliver(_HANDLE, staged, output, may_replace=False)
  assert ('sync', str(staged.artifact / 'variables/data')) in calls


def test_what_goes_to_a_bucket_does_not_wait_for_the_disk(tmp_path, calls):
  staged = _stage(tmp_path)
  with delivery.syncing(staged.artifact, upath.UPath('memory://somewhere')):
    pass
  assert not calls


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, calls):
  path = tmp_path / 'folder/file.json'
  disk.write_whole(path, b'all of it')
  assert path.read_bytes() == b'all of it'
  assert [what for what, _ in calls] == ['sync', 'rename', 'sync']
  assert calls[0][1] == calls[1][1]
  assert calls[2][1] == str(path.parent)
  assert [p.name for p in path.parent.iterdir()] == ['file.json']


def test_what_cannot_be_written_leaves_the_old_file(tmp_path, monkeypatch):
  path = tmp_path / 'file'
  disk.write_whole(path, b'old')

  def full(descriptor: int) -> None:
    raise OSError(28, 'No space left on device')

  monkeypatch.setattr(os, 'fsync', full)
  with pytest.raises(OSError, match='No space left'):
    disk.write_whole(path, b'new')
  assert path.read_bytes() == b'old'
  assert [p.name for p in tmp_path.iterdir()] == ['file']


def test_a_link_that_leads_nowhere_is_swapped(tmp_path):
  staged, target = tmp_path / 'staged' / 'new', tmp_path / 'target'
  staged.mkdir(parents=True)
  target.symlink_to('nothing')
  disk.swap(staged, target)
  assert target.is_dir()
  assert not target.is_symlink()
  assert staged.with_name('replaced').is_symlink()


def test_a_swap_that_fails_puts_the_old_one_back(tmp_path):
  target = tmp_path / 'target'
  target.mkdir()
  (target / 'old').touch()
  with pytest.raises(FileNotFoundError):
    disk.swap(tmp_path / 'missing', target)
  assert [p.name for p in target.iterdir()] == ['old']


def test_a_swap_that_was_killed_halfway_is_undone(tmp_path):
  (tmp_path / 'work').mkdir()
  (tmp_path / 'work' / 'replaced').write_text('old')
  disk.undo_swap(tmp_path / 'work', tmp_path / 'target')
  assert (tmp_path / 'target').read_text() == 'old'
  assert not list((tmp_path / 'work').iterdir())


def test_a_swap_that_was_killed_at_its_end_stays(tmp_path):
  (tmp_path / 'replaced').write_text('old')
  (tmp_path / 'target').write_text('new')
  disk.undo_swap(tmp_path, tmp_path / 'target')
  assert (tmp_path / 'target').read_text() == 'new'


def test_a_link_in_place_of_the_part_is_not_written_through(tmp_path):
  precious, path = tmp_path / 'precious', tmp_path / 'file'
  precious.write_text('years')
  path.with_name(f'.file.{os.getpid()}.part').symlink_to(precious)
  disk.write_whole(path, b'new')
  assert (precious.read_text(), path.read_bytes()) == ('years', b'new')


@pytest.mark.parametrize(
  ('data', 'torn'), [(b'', True), (bytes(5000), True), (b'\0x', False)]
)
def test_a_torn_file_has_no_content(tmp_path, data, torn):
  path = tmp_path / 'file'
  path.write_bytes(data)
  assert disk.is_torn(path) == torn


def _tear(output: pathlib.Path, length: int) -> None:
  """Leaves of every file its name and its length alone, as a power cut may."""
  for path in output.rglob('*'):
    if path.is_file():
      path.write_bytes(bytes(length and path.stat().st_size))


@pytest.mark.parametrize('length', [0, 1])
def test_what_a_power_cut_tore_is_healed_without_force(tmp_path, length):
  output = tmp_path / 'out'
  with delivery.stage(output) as folder:
    delivery.deliver(_HANDLE, _stage(folder), output, may_replace=False)
  _tear(output, length)
  with delivery.stage(output) as folder:
    delivery.deliver(_HANDLE, _stage(folder), output, may_replace=False)
  place = places.place(output, _HANDLE)
  assert (place.artifact / 'variables/data').read_bytes() == b'weights'
  assert place.manifest.read_text() == 'manifest'
