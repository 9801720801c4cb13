"""What a person names: folders and URLs; what cannot be reached says so."""

import pathlib

import pytest

from exporter import errors
from exporter.storage import places
import model_specs
from tests import object_storage

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/3'
)


@pytest.fixture(scope='module', name='bucket')
def _bucket():
  with object_storage.serve() as bucket:
    yield bucket


@pytest.mark.parametrize(
  ('text', 'path'),
  [('out/a', 'out/a'), ('/out', '/out'), ('file:///out/a', '/out/a')],
)
def test_a_path_is_a_folder_of_this_machine(text, path):
  assert places.parse_folder(text) == pathlib.Path(path)


def test_a_place_is_named_by_a_text_as_well(tmp_path):
  assert places.place(f'{tmp_path}', _HANDLE) == places.place(tmp_path, _HANDLE)
  artifact = places.place('memory://bucket/exports', _HANDLE).artifact
  assert str(artifact) == f'memory://bucket/exports/{_HANDLE}'


def test_a_text_is_written_whole_and_leaves_nothing_beside(tmp_path, bucket):
  for folder in (tmp_path, bucket):
    path = folder / 'new/a.txt'
    for text in ('one', 'grün'):
      places.write_text(path, text)
    assert path.read_text(encoding='utf-8') == 'grün'
    assert [file.name for file in path.parent.iterdir()] == ['a.txt']


def test_a_text_that_cannot_be_written_leaves_the_old_one(tmp_path):
  places.write_text(tmp_path / 'a.txt', 'old')
  with pytest.raises(UnicodeEncodeError):
    places.write_text(tmp_path / 'a.txt', 'new\ud800')
  assert (tmp_path / 'a.txt').read_text() == 'old'
  assert [file.name for file in tmp_path.iterdir()] == ['a.txt']


def test_a_tilde_is_the_home_folder(monkeypatch):
  monkeypatch.setenv('HOME', '/home/me')
  assert places.parse_folder('~/out') == pathlib.Path('/home/me/out')


@pytest.mark.parametrize(
  ('text', 'says'),
  [
    ('nope://x/y', 'nope'),
    ('gs://bucket/x', 'gcsfs'),
    ('filecache::memory://bucket/x', 'is a chain of storages, expected one'),
    ('simplecache::s3://bucket/x', 'is a chain of storages, expected one'),
  ],
)
def test_a_url_nobody_can_open_says_why(text, says):
  with pytest.raises(ValueError, match=says):
    places.parse_folder(text)


def test_the_parts_of_a_handle_lie_beside_each_other():
  folder = pathlib.Path('out') / 'google/imagenet/mobilenet_v1_025_128'
  place = places.place(pathlib.Path('out'), _HANDLE)
  assert place.artifact == folder / 'classification/3'
  assert place.manifest == folder / 'classification/3.json'
  assert place.card == folder / 'classification/3.md'


def test_the_parts_in_a_bucket_lie_beside_each_other(bucket):
  place = places.place(bucket / 'out', _HANDLE)
  assert str(place.artifact) == f'{object_storage.BUCKET}/out/{_HANDLE}'
  assert str(place.manifest) == f'{object_storage.BUCKET}/out/{_HANDLE}.json'
  assert str(place.card) == f'{object_storage.BUCKET}/out/{_HANDLE}.md'


def test_what_others_write_is_seen_at_once(bucket):
  folder = places.parse_folder(f'{object_storage.BUCKET}/seen')
  assert not list(folder.glob('*'))
  (bucket / 'seen/file').write_text('new')
  assert [path.name for path in folder.glob('*')] == ['file']


def test_here_is_the_folder_itself_on_this_machine(tmp_path):
  with places.local_copy(tmp_path) as folder:
    assert folder == tmp_path


def test_here_is_a_copy_of_what_is_elsewhere(bucket):
  (bucket / 'x/3/a').write_bytes(b'1')
  (bucket / 'x/3/b/c').write_bytes(b'2')
  (bucket / 'x/3.json').write_bytes(b'3')
  with places.local_copy(bucket / 'x/3') as folder:
    assert (folder / 'a').read_bytes() == b'1'
    assert (folder / 'b/c').read_bytes() == b'2'
    assert len(list(folder.rglob('*'))) == 3
  assert not folder.exists()


def test_nothing_is_here_of_what_is_not_there(bucket):
  with places.local_copy(bucket / 'none') as folder:
    assert not folder.exists()


def test_whatever_a_storage_raises_is_an_os_error(bucket):
  says = pytest.raises(OSError, match=r's3://bucket.*KeyError.*lost\?')
  with says, places.reach(bucket):
    raise KeyError('lost?')


@pytest.mark.parametrize('error', [errors.ExportError('x'), BrokenPipeError()])
def test_errors_for_people_pass(bucket, error):
  with pytest.raises(type(error)), places.reach(bucket):
    raise error


def test_a_defect_on_this_machine_stays_one(tmp_path):
  with pytest.raises(KeyError), places.reach(tmp_path):
    raise KeyError('defect')


@pytest.mark.parametrize('text', ['s3://', 's3:///', 's3:/b/x', 'gs:/b'])
def test_half_a_url_is_no_folder(text):
  with pytest.raises(ValueError, match='s3://BUCKET/PATH'):
    places.parse_folder(text)


def test_a_folder_may_have_a_colon():
  assert places.parse_folder('./s3:/b') == pathlib.Path('s3:/b')
  assert places.parse_folder('at 12:30') == pathlib.Path('at 12:30')
