"""What is delivered is whole, wherever it goes and whatever cuts it."""

import contextlib
import pathlib
import signal
import subprocess
import sys

import pytest

from exporter import errors
from exporter.storage import delivery
from exporter.storage import places
import model_specs
from tests import another_user
from tests import object_storage
from tests import source_tree

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/3'
)


@pytest.fixture(scope='module', name='bucket')
def _bucket():
  with object_storage.serve() as bucket:
    yield bucket


@pytest.fixture(name='output', params=['folder', 'bucket'])
def _output(request, tmp_path, bucket):
  """Where exports go; new for each test."""
  if request.param == 'folder':
    return tmp_path / 'out'
  return bucket / tmp_path.name


def _make(folder: pathlib.Path, text: str) -> places.Place[pathlib.Path]:
  """Something that looks like an export."""
  place = places.Place(folder / 'a', folder / 'm.json', folder / 'c.md')
  (place.artifact / 'variables').mkdir(parents=True)
  (place.artifact / 'model').write_text(f'model {text}')
  (place.artifact / f'variables/{text}').write_text(f'variables {text}')
  place.manifest.write_text(f'manifest {text}')
  place.card.write_text(f'card {text}')
  place.provenance.write_text(f'provenance {text}')
  place.bom.write_text(f'bom {text}')
  return place


def _deliver(output: places.Folder, text: str, may_replace: bool) -> None:
  with delivery.stage(output) as folder:
    delivery.deliver(_HANDLE, _make(folder, text), output, may_replace)


def _read_files(output: places.Folder) -> dict[str, str]:
  """All that is there, by its path after the handle."""
  with places.local_copy(output) as folder:
    return {
      path.relative_to(folder).as_posix().removeprefix(str(_HANDLE)): (
        path.read_text()
      )
      for path in sorted(folder.rglob('*'))
      if path.is_file()
    }


def _expected(text: str) -> dict[str, str]:
  return {
    '.cdx.json': f'bom {text}',
    '.intoto.jsonl': f'provenance {text}',
    '.json': f'manifest {text}',
    '.md': f'card {text}',
    '/model': f'model {text}',
    f'/variables/{text}': f'variables {text}',
  }


def test_all_parts_arrive_and_nothing_else(output):
  _deliver(output, 'new', may_replace=False)
  delivery.clear_staging(output)
  assert _read_files(output) == _expected('new')


@pytest.mark.parametrize('suffix', ['.md', '.json', '.sig'])
def test_a_folder_in_the_place_of_a_file_stops_one_delivery_alone(
  tmp_path, suffix
):
  _deliver(tmp_path, 'old', may_replace=False)
  manifest = places.place(tmp_path, _HANDLE).manifest
  in_the_way = manifest.with_suffix(suffix)
  in_the_way.unlink(missing_ok=True)
  in_the_way.mkdir()
  before = _read_files(tmp_path)
  with pytest.raises(errors.ExportError, match=f'{suffix} is a folder.*away'):
    _deliver(tmp_path, 'new', may_replace=True)
  assert _read_files(tmp_path) == before
  in_the_way.rmdir()
  _deliver(tmp_path, 'new', may_replace=True)
  delivery.clear_staging(tmp_path)
  assert _read_files(tmp_path) == _expected('new')


def test_what_may_be_replaced_is_replaced_whole(output):
  _deliver(output, 'old', may_replace=False)
  _deliver(output, 'new', may_replace=True)
  delivery.clear_staging(output)
  assert _read_files(output) == _expected('new')


def _measure(output: places.Folder) -> None:
  """Leaves figures beside an export, as measuring does."""
  places.write_text(places.place(output, _HANDLE).measured, 'figures')


def test_figures_and_signature_go_with_what_they_are_of(output):
  _deliver(output, 'old', may_replace=False)
  _measure(output)
  places.write_text(places.place(output, _HANDLE).signature, 'signed')
  assert _read_files(output)['.measured.json'] == 'figures'
  assert _read_files(output)['.sig'] == 'signed'
  _deliver(output, 'new', may_replace=True)
  delivery.clear_staging(output)
  assert _read_files(output) == _expected('new')


def test_what_was_measured_stays_where_nothing_is_replaced(output):
  _deliver(output, 'old', may_replace=False)
  _measure(output)
  places.place(output, _HANDLE).manifest.unlink()
  with pytest.raises(errors.ExportError, match='--force replaces it'):
    _deliver(output, 'new', may_replace=False)
  assert _read_files(output)['.measured.json'] == 'figures'


def test_what_is_not_ours_stays(output):
  _deliver(output, 'old', may_replace=False)
  places.place(output, _HANDLE).manifest.unlink()
  with pytest.raises(errors.ExportError, match='--force replaces it'):
    _deliver(output, 'new', may_replace=False)
  _deliver(output, 'old', may_replace=False)  # It is just that.
  delivery.clear_staging(output)
  assert _read_files(output) == _expected('old')


def test_a_cut_upload_is_no_export_and_may_be_replaced(bucket, tmp_path):
  output, place = bucket / 'cut', places.place(bucket / 'cut', _HANDLE)
  _deliver(output, 'old', may_replace=False)
  staged = _make(tmp_path, 'new')
  staged.card.unlink()  # The upload fails after the artifact.
  with pytest.raises(FileNotFoundError):
    delivery.deliver(_HANDLE, staged, output, may_replace=True)
  assert not place.manifest.exists()
  _deliver(output, 'newer', may_replace=False)
  assert _read_files(output) == _expected('newer')


def test_a_folder_whose_replacement_fails_is_put_back(tmp_path):
  output = tmp_path / 'out'
  _deliver(output, 'old', may_replace=False)
  _measure(output)
  with delivery.stage(output) as folder:
    staged = places.Place(folder / 'none', folder / 'none', folder / 'none')
    with pytest.raises(FileNotFoundError):
      delivery.deliver(_HANDLE, staged, output, may_replace=True)
  delivery.clear_staging(output)
  assert _read_files(output) == _expected('old') | {'.measured.json': 'figures'}


def test_a_stage_is_gone_afterwards(output):
  with contextlib.suppress(KeyError), delivery.stage(output) as folder:
    (folder / 'file').touch()
    raise KeyError
  assert not folder.exists()


def test_what_a_killed_process_staged_is_cleared(output):
  code = (
    'import os, signal, sys\n'
    'from exporter.storage import delivery, places\n'
    'with delivery.stage(places.parse_folder(sys.argv[1])) as folder:\n'
    '  print(folder, flush=True)\n'
    '  os.kill(os.getpid(), signal.SIGKILL)\n'
  )
  done = subprocess.run(
    [sys.executable, '-c', code, str(output)],
    cwd=source_tree.ROOT,
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == -signal.SIGKILL
  staging = pathlib.Path(done.stdout.strip())
  assert staging.is_dir()
  with delivery.stage(output.parent / 'other') as others:
    delivery.clear_staging(output)
    assert not staging.exists()
    assert others.is_dir()


@another_user.AS_ROOT
def test_what_a_killed_run_of_another_user_left_is_named():
  with another_user.shared_folder() as shared:
    (shared / '.slimhub-staging').mkdir(0o755)
    message = another_user.enter('stage', shared)
  assert message.startswith(f'{shared}/.slimhub-staging, of the user with the ')
  assert 'remove it' in message
