"""An archive from anywhere costs no more than a checkpoint does."""

import contextlib
import gzip
import io
import pathlib
import random
import tarfile
import time

import pytest

from exporter import errors
from exporter.checkpoints import members


def _packed(path: pathlib.Path, *infos: tarfile.TarInfo) -> pathlib.Path:
  """An archive whose members have the headers given, and as few bytes."""
  with gzip.open(path, 'wb') as tar:
    for info in infos:
      tar.write(info.tobuf(tarfile.GNU_FORMAT))
    tar.write(bytes(2 * tarfile.BLOCKSIZE))
  return path


def _member(name: str, **fields) -> tarfile.TarInfo:
  info = tarfile.TarInfo(name)
  for field, value in fields.items():
    setattr(info, field, value)
  return info


def _read(path: pathlib.Path) -> None:
  for _, content in members.read(path):
    list(content)


def _refused(path: pathlib.Path) -> str:
  start = time.process_time()
  with pytest.raises(errors.CheckpointError) as raised:
    _read(path)
  assert time.process_time() - start < 5  # Whatever else the machine does.
  message = str(raised.value)
  assert message.startswith(f'archive {path} is not safe to unpack: ')
  assert message.endswith(
    'put the published archive of this model in its place'
  )
  return message


def test_files_are_read_in_their_order(tmp_path):
  with tarfile.open(tmp_path / 'a.tgz', 'w:gz') as tar:
    tar.addfile(_member('./', type=tarfile.DIRTYPE))
    for name in ('./b', 'c/a'):
      tar.addfile(_member(name, size=1), io.BytesIO(name[-1:].encode()))
  contents = [
    (str(n), b''.join(c)) for n, c in members.read(tmp_path / 'a.tgz')
  ]
  assert contents == [('b', b'b'), ('c/a', b'a')]


@pytest.mark.parametrize(
  'name', ['../evil', '/etc/evil', 'a/../../evil', '..', 'a/..']
)
@pytest.mark.parametrize('type_', [tarfile.REGTYPE, tarfile.DIRTYPE])
def test_a_path_outside_is_refused(tmp_path, name, type_):
  path = _packed(tmp_path / 'a.tgz', _member(name, type=type_))
  assert f'its member {name!r} has a path outside of the archive' in _refused(
    path
  )


@pytest.mark.parametrize(
  'type_',
  [
    tarfile.SYMTYPE,
    tarfile.LNKTYPE,
    tarfile.CHRTYPE,
    tarfile.BLKTYPE,
    tarfile.FIFOTYPE,
  ],
)
def test_links_and_devices_are_refused(tmp_path, type_):
  member = _member('evil', type=type_, linkname='/etc/passwd')
  message = _refused(_packed(tmp_path / 'a.tgz', member))
  assert "its member 'evil' is not a regular file or folder" in message


def test_a_file_of_holes_is_refused(tmp_path):
  sparse = {'GNU.sparse.map': '0,0', 'GNU.sparse.size': str(10**15)}
  with tarfile.open(tmp_path / 'a.tgz', 'w:gz') as tar:
    tar.addfile(_member('evil', pax_headers=sparse))
  assert 'is not a regular file' in _refused(tmp_path / 'a.tgz')


def test_a_file_that_says_it_is_huge_is_refused(tmp_path):
  path = _packed(tmp_path / 'a.tgz', _member('evil', size=10**12))
  assert f'more than {members.MAX_BYTES} bytes' in _refused(path)


def test_a_file_of_negative_size_is_refused(tmp_path):
  path = _packed(tmp_path / 'a.tgz', _member('evil', size=-512))
  assert "its member 'evil' has -512 bytes" in _refused(path)


def test_files_that_are_huge_together_are_refused(tmp_path, monkeypatch):
  monkeypatch.setattr(members, 'MAX_BYTES', 2_500)
  with tarfile.open(tmp_path / 'a.tgz', 'w:gz') as tar:
    for name in 'abc':
      tar.addfile(_member(name, size=1_000), io.BytesIO(bytes(1_000)))
  assert 'more than 2500 bytes' in _refused(tmp_path / 'a.tgz')


def test_too_many_members_are_refused(tmp_path):
  many = [_member(str(number)) for number in range(members.MAX_MEMBERS + 1)]
  message = _refused(_packed(tmp_path / 'a.tgz', *many))
  assert f'more than {members.MAX_MEMBERS} members' in message


def test_zeros_without_end_are_refused(tmp_path, monkeypatch):
  monkeypatch.setattr(members, 'MAX_BYTES', 10_000_000)
  path = _packed(tmp_path / 'a.tgz', _member('a'))
  with path.open('ab') as file:
    file.write(gzip.compress(bytes(20_000_000)))
  assert 'more than 10000000 bytes' in _refused(path)


@pytest.mark.parametrize(
  'type_', [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME]
)
def test_a_huge_name_does_not_fill_the_memory(tmp_path, type_):
  header = _member('evil', type=type_, size=3 * 2**30)
  path = _packed(tmp_path / 'a.tgz', header)
  assert 'the header of a member has 3221225472 bytes' in _refused(path)


@pytest.mark.parametrize(
  'type_', [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME]
)
def test_headers_of_headers_without_end_are_damage(tmp_path, type_):
  chain = [_member('evil', type=type_)] * 5000
  path = _packed(tmp_path / 'a.tgz', *chain)
  with pytest.raises(errors.CheckpointError, match='cannot be unpacked'):
    _read(path)


@pytest.mark.parametrize(
  'record',
  [
    b'99999999999999999999 size=1\n',
    b'0 size=1\n',
    b'-1 size=1\n',
    b'28 size=99999999999999999999\n',
    b'29 mtime=99999999999999999999\n',
    b'27 uid=99999999999999999999\n',
    b'5 =\n\n',
  ],
)
def test_a_header_with_impossible_numbers_is_at_most_one_error(
  tmp_path, record
):
  with gzip.open(tmp_path / 'a.tgz', 'wb') as tar:
    header = _member('evil', type=tarfile.XHDTYPE, size=len(record))
    tar.write(header.tobuf(tarfile.GNU_FORMAT) + record.ljust(512, b'\0'))
    tar.write(_member('a').tobuf(tarfile.GNU_FORMAT) + bytes(1024))
  with contextlib.suppress(errors.CheckpointError):
    _read(tmp_path / 'a.tgz')


@pytest.mark.parametrize('mode', ['w', 'w:gz', 'w:bz2', 'w:xz'])
def test_an_archive_is_told_by_how_it_begins(tmp_path, mode):
  with tarfile.open(tmp_path / 'a', mode) as tar:
    tar.addfile(_member('b'))
  assert members.is_archive(tmp_path / 'a')


@pytest.mark.parametrize('content', [b'', b'BZ', b'PK', bytes(600)])
def test_what_begins_as_none_is_none(tmp_path, content):
  (tmp_path / 'a').write_bytes(content)
  assert not members.is_archive(tmp_path / 'a')


def test_a_flipped_bit_after_the_last_member_is_noticed(tmp_path):
  path = _packed(tmp_path / 'a.tgz', _member('a'))
  data = bytearray(path.read_bytes())
  data[-6] ^= 1  # In the checksum of gzip.
  path.write_bytes(data)
  with pytest.raises(errors.CheckpointError, match='CRC check failed'):
    _read(path)


@pytest.mark.parametrize('seed', range(30))
def test_nonsense_is_one_error(tmp_path, seed):
  path = tmp_path / 'a.tar'
  with tarfile.open(path, 'w') as tar:
    sparse = {'GNU.sparse.major': '1', 'GNU.sparse.minor': '0'}
    for fields in (
      {},
      {'pax_headers': sparse},
      {'pax_headers': {'size': '-9'}},
    ):
      tar.addfile(_member('a', size=600, **fields), io.BytesIO(bytes(600)))
  noise = random.Random(seed)
  data = bytearray(path.read_bytes())
  for _ in range(3):
    start = 512 * noise.randrange(9)
    data[start + noise.choice((124, 125, 156, 345))] = noise.randrange(256)
    header = data[start : start + 512]
    header[148:156] = b' ' * 8
    data[start + 148 : start + 155] = b'%06o\0' % sum(header)
  path.write_bytes(data)
  with contextlib.suppress(errors.CheckpointError):
    _read(path)
