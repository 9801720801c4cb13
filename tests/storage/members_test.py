"""Headers in archives are the same for everybody and at any time."""

import tarfile

from exporter.storage import members


def _facts(member):
  return (
    *(member.name, member.size, member.mode, member.mtime, member.uid),
    *(member.gid, member.uname, member.gname, member.type),
  )


def test_a_file_has_no_owner_and_no_time():
  member = members.member_file('a/b', 7)
  nobody = (0, 0, 0, '', '')
  assert _facts(member) == ('a/b', 7, 0o644, *nobody, tarfile.REGTYPE)


def test_folders_come_once_and_the_outer_ones_first():
  found = members.member_folders(['a/b/c', 'a/d', 'e', 'a/b/f'])
  nobody = (0, 0, 0, '', '')
  assert [_facts(each) for each in found] == [
    (name, 0, 0o755, *nobody, tarfile.DIRTYPE) for name in ('a', 'a/b')
  ]
