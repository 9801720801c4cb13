"""A pipe or the like in the place of a file is one error, and nothing hangs."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import os
import pathlib
import signal

import pytest

from exporter import errors
from exporter import results
from exporter.checkpoints import archive
from exporter.checkpoints import checkpoint
from exporter.checkpoints import inspection
from exporter.checkpoints import own
from exporter.checkpoints.fetch import fetcher
from exporter.checkpoints.fetch import pool
from model_specs import checksums
from model_specs.spec_files import model as model_lib
from tests import checkpoints_made as checkpoints
from tests import some_spec_file
from tests import tiny_network

_NAME = 'tiny_1.0_32.ckpt'
_INDEX, _DATA = f'{_NAME}.index', f'{_NAME}.data-00000-of-00001'
_HANGS = 60  # Seconds after which a reader waits for ever.


def _huge(path: pathlib.Path) -> None:
  """A file with a hole of a tebibyte, which takes no room on the disk."""
  with path.open('wb') as file:
    file.truncate(2**40)


_NO_FILES: dict[str, Callable[[pathlib.Path], None]] = {
  'pipe': os.mkfifo,
  'device': lambda path: path.symlink_to('/dev/zero'),
  'huge': _huge,
  'folder': pathlib.Path.mkdir,
  'empty': pathlib.Path.touch,
  'dangling': lambda path: path.symlink_to('nowhere'),
  'loop': lambda path: path.symlink_to(path.name),
}

no_files = pytest.mark.parametrize(
  'make', _NO_FILES.values(), ids=list(_NO_FILES)
)


@pytest.fixture(autouse=True)
def _in_time() -> Iterator[None]:
  """Ends a test that waits, or reads without end."""

  def give_up(*_: object) -> None:
    pytest.fail('it hangs')

  before = signal.signal(signal.SIGALRM, give_up)
  signal.alarm(_HANGS)
  yield
  signal.alarm(0)
  signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _refused() -> Iterator[None]:
  with pytest.raises(errors.CheckpointError) as raised:
    yield
  assert len(str(raised.value)) < 5000


@no_files
@pytest.mark.parametrize(
  'name',
  [
    'x.ckpt',
    'x.ckpt.index',
    'x.ckpt.data-00000-of-00001',
    'x.pb',
    'x.tar.gz',
    'x.tgz',
    'x',
  ],
)
def test_inspect_one(tmp_path, name, make):
  make(tmp_path / name)
  with _refused():
    inspection.inspect_checkpoint(tmp_path / name)


@no_files
@pytest.mark.parametrize('name', [_INDEX, _DATA, 'tiny_1.0_32_frozen.pb'])
def test_inspect_a_part_of_one(tmp_path, name, make):
  prefix = checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  (tmp_path / name).unlink(missing_ok=True)
  make(tmp_path / name)
  is_left_out = name.endswith('.pb') and not (tmp_path / name).exists()
  with contextlib.nullcontext() if is_left_out else _refused():
    inspection.inspect_checkpoint(prefix)


@no_files
@pytest.mark.parametrize('name', ['checkpoint', 'x.ckpt', 'x.pb', 'x.tgz'])
def test_a_folder_with_a_checkpoint_and_such_a_one(tmp_path, name, make):
  checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
  make(tmp_path / name)
  (findings,) = inspection.inspect_checkpoint(tmp_path)
  assert findings.file == str(tmp_path / _NAME)


@no_files
@pytest.mark.parametrize('name', [_NAME, _INDEX, _DATA, 'tiny_1.0_32.tgz'])
def test_a_published_one(tmp_path, name, make):
  if name == _DATA:
    checkpoints.write(tmp_path / _NAME, tiny_network.tensors())
    (tmp_path / _DATA).unlink()
  make(tmp_path / name)
  with _refused():
    checkpoint.read_published(
      tmp_path, tiny_network.MODEL, tiny_network.wanted(), 'auto'
    )


@no_files
def test_an_archive_in_place(tmp_path, make):
  make(tmp_path / 'x.tgz')
  with _refused():
    archive.inspect(tmp_path / 'x.tgz', tiny_network.MODEL)


@pytest.mark.parametrize('make', [os.mkfifo, _huge, pathlib.Path.mkdir])
def test_an_archive_in_place_of_a_known_one(tmp_path, make):
  model = tiny_network.MODEL
  checksum = checksums.Checksum(model.archive_url, 3, 'sha256', '12' * 32)
  (tmp_path / checksums.FILE).write_text(checksums.render([checksum]))
  make(tmp_path / model.archive_name)
  with _refused(), archive.find(tmp_path, model):
    pass
  request = fetcher.Request((model,), tmp_path, offline=True)
  (result,) = pool.fetch_all(request, 1)
  assert isinstance(result, results.Result)
  assert result.status == results.FAILED
  assert f'{model.archive_name} ' in result.reason
  assert 'expected a' in result.reason


@no_files
@pytest.mark.parametrize('name', ['x', 'x.index', 'x.tar.gz'])
def test_an_own_one(tmp_path, name, make):
  make(tmp_path / name)
  values = some_spec_file.values(checkpoint=name)
  model = model_lib.read_model(values, f'{tmp_path}/my.toml', tmp_path)
  with _refused():
    own.read_own(tmp_path, model, tiny_network.wanted(), 'auto')
