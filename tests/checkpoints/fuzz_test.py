"""Whatever an archive or an index holds, it is read or an error in words."""

import io
import pathlib
import tarfile

import hypothesis
from hypothesis import strategies

from exporter import errors
from exporter.checkpoints import copies
from exporter.checkpoints import index
from tests import file_tree
from tests import fuzz
from tests.checkpoints import tables_made

_NAMES = strategies.one_of(
  strategies.sampled_from(
    [
      *('a.ckpt.index', 'a.ckpt.data-00000-of-00001', './a.ckpt', 'a.pb'),
      *('../a.ckpt.index', '/tmp/a.ckpt.index', 'b/../../a.ckpt', '..', ''),
    ]
  ),
  strategies.text(max_size=30).filter(lambda name: '\0' not in name),
)
_MEMBERS = strategies.lists(
  strategies.tuples(
    _NAMES,
    strategies.sampled_from(
      [
        *(tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE),
        *(tarfile.FIFOTYPE, tarfile.CHRTYPE, b'S', b'?'),
      ]
    ),
    strategies.binary(max_size=40),
    strategies.integers(0, 2**40),
  ),
  max_size=5,
)


def _packed(members: list) -> bytes:
  """An archive whose members may say that they are larger than they are."""
  packed = io.BytesIO()
  with tarfile.open(fileobj=packed, mode='w', errors='replace') as tar:
    for name, kind, content, size in members:
      member = tarfile.TarInfo(name)
      member.type, member.linkname = kind, '../../outside'
      member.size = len(content)
      if size % 7 == 0:
        member.size = size
        packed.write(member.tobuf(errors='replace') + content)
        continue
      tar.addfile(member, io.BytesIO(content))
  return packed.getvalue()


_WHOLE = _packed(
  [
    ('a.ckpt.index', tarfile.REGTYPE, b'index', 1),
    ('a.ckpt.data-00000-of-00001', tarfile.REGTYPE, b'data', 1),
  ]
)


def _copy(folder: pathlib.Path, data: bytes) -> None:
  """Copies what is in an archive, and looks for files outside."""
  archive, inside = folder / 'a.tar', folder / 'copies'
  archive.write_bytes(data)
  inside.mkdir(exist_ok=True)
  with fuzz.or_refused(errors.CheckpointError, str(archive)):
    copies.copy(archive, inside)
  assert {path.name for path in folder.iterdir()} == {'a.tar', 'copies'}
  for path in inside.rglob('*'):
    assert not path.is_symlink()
  file_tree.read(inside)


@fuzz.examples(200)
@hypothesis.given(_MEMBERS)
def test_an_archive_is_copied_into_its_folder_or_refused(
  tmp_path_factory, members
):
  _copy(tmp_path_factory.mktemp('fuzz'), _packed(members))


@fuzz.examples(200)
@hypothesis.given(fuzz.damaged(_WHOLE))
def test_a_damaged_archive_is_copied_or_refused(tmp_path_factory, data):
  _copy(tmp_path_factory.mktemp('fuzz'), data)


@fuzz.examples(400)
@hypothesis.given(strategies.data())
def test_an_index_is_checked_or_refused(tmp_path_factory, data):
  prefix = tmp_path_factory.getbasetemp() / 'a.ckpt'
  tables_made.write_index(
    prefix, {'a': tables_made.entry((2, 3)), 'b': tables_made.entry()}
  )
  whole = prefix.with_name('a.ckpt.index')
  damaged = data.draw(fuzz.damaged(whole.read_bytes()))
  with fuzz.or_refused(index.DamagedError):
    index.parse(damaged)


@fuzz.examples(200)
@hypothesis.given(
  strategies.lists(
    strategies.tuples(strategies.binary(max_size=9), strategies.binary()),
    max_size=5,
  ),
  strategies.integers(0, 2**32 - 1),
)
def test_a_table_of_anything_is_checked_or_refused(pairs, restart):
  with fuzz.or_refused(index.DamagedError):
    index.parse(tables_made.table(pairs, restart))
