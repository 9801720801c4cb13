"""An archive whose checksum is known is exported if it is that one, or not."""

import hashlib
import io
import pathlib
import tarfile
from unittest import mock

import pytest

from exporter import errors
from exporter.checkpoints import archive
from exporter.checkpoints import prefixes
from exporter.checkpoints.fetch import checksums as recorded
import model_specs
from model_specs import checksums
from tests import tiny_network


def _pack(folder: pathlib.Path, model: model_specs.ModelSpec) -> pathlib.Path:
  """Writes an archive whose files have the right names."""
  path = folder / model.archive_name
  with tarfile.open(path, 'w:gz') as tar:
    for suffix in ('.index', '.data-00000-of-00001'):
      member = tarfile.TarInfo(model.checkpoint_member + suffix)
      member.size = 4
      tar.addfile(member, io.BytesIO(b'fake'))
  return path


def _record(path: pathlib.Path, url: str, digest: str) -> None:
  """Records what an archive must be, as `slimhub fetch` does."""
  checksum = checksums.Checksum(url, path.stat().st_size, 'sha256', digest)
  recorded.add(path.parent / checksums.FILE, checksum)


def _find(folder: pathlib.Path, model: model_specs.ModelSpec) -> bytes:
  with archive.find(folder, model) as files:
    return prefixes.index_of(files.prefix).read_bytes()


def test_the_archive_that_was_recorded_is_taken(tmp_path):
  path = _pack(tmp_path, tiny_network.MODEL)
  digest = hashlib.sha256(path.read_bytes()).hexdigest()
  _record(path, tiny_network.MODEL.archive_url, digest)
  assert _find(tmp_path, tiny_network.MODEL) == b'fake'


def test_another_archive_than_the_recorded_one_is_refused(tmp_path):
  path = _pack(tmp_path, tiny_network.MODEL)
  _record(path, tiny_network.MODEL.archive_url, '12' * 32)
  with pytest.raises(errors.CheckpointError) as error:
    _find(tmp_path, tiny_network.MODEL)
  message = str(error.value)
  assert str(path) in message
  assert '12' * 32 in message
  assert f'slimhub fetch {tiny_network.MODEL.name}' in message


@pytest.mark.parametrize('name', ['mobilenet_v2_100_224', 'inception_v1'])
def test_an_archive_without_its_published_hash_is_refused(tmp_path, name):
  model = model_specs.get_model(name)
  assert model.archive_url in checksums.published()
  _pack(tmp_path, model)
  with pytest.raises(errors.CheckpointError, match="slimhub's own checksums"):
    _find(tmp_path, model)


def test_what_lies_unpacked_is_taken_as_it_is(tmp_path):
  model = model_specs.get_model('mobilenet_v2_100_224')
  prefix = tmp_path / model.checkpoint
  prefix.parent.mkdir(parents=True, exist_ok=True)
  prefix.with_name(f'{prefix.name}.index').write_bytes(b'mine')
  assert _find(tmp_path, model) == b'mine'


def _trust(folder: pathlib.Path, model: model_specs.ModelSpec) -> str:
  """Why the archive in a folder is taken for the published one."""
  with archive.find(folder, model) as files:
    assert files.archive
    assert files.archive.url == model.archive_url
    data = (folder / model.archive_name).read_bytes()
    digest = hashlib.new(files.archive.algorithm, data).hexdigest()
    assert (files.archive.bytes, files.archive.digest) == (len(data), digest)
    return files.archive.trust


def test_it_is_said_why_an_archive_is_trusted(tmp_path):
  model = tiny_network.MODEL
  path = _pack(tmp_path, model)
  assert _trust(tmp_path, model) == 'first use'
  checksum = recorded.measure(path, model.archive_url, 'sha384')
  recorded.add(recorded.own_file(), checksum)
  assert _trust(tmp_path, model) == 'first use'
  published = {model.archive_url: checksum}
  with mock.patch.object(checksums, 'published', return_value=published):
    assert _trust(tmp_path, model) == 'published'


def test_where_a_checksum_is_required_an_unknown_archive_is_refused(tmp_path):
  model = tiny_network.MODEL
  path = _pack(tmp_path, model)
  with (
    pytest.raises(errors.CheckpointError, match='asks for a known checksum'),
    archive.find(tmp_path, model, require_checksum=True),
  ):
    pass
  checksum = recorded.measure(path, model.archive_url)
  recorded.add(recorded.own_file(), checksum)
  with archive.find(tmp_path, model, require_checksum=True) as files:
    assert files.archive


def test_where_a_checksum_is_required_nothing_unpacked_is_taken(tmp_path):
  model = tiny_network.MODEL
  prefix = tmp_path / model.checkpoint
  prefix.parent.mkdir(parents=True)
  prefix.with_name(f'{prefix.name}.index').write_bytes(b'mine')
  with (
    pytest.raises(errors.CheckpointError, match=r'put the archive .* instead'),
    archive.find(tmp_path, model, require_checksum=True),
  ):
    pass
  (tmp_path / model.archive_name).write_bytes(b'archive')
  with (
    pytest.raises(errors.CheckpointError, match=r'move it away, and .* is tak'),
    archive.find(tmp_path, model, require_checksum=True),
  ):
    pass
