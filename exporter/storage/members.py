"""The members of tar archives: no owner and no time, so that no byte varies."""

from collections.abc import Iterable
import pathlib
import tarfile


def member_file(name: str, size: int) -> tarfile.TarInfo:
  """The header of a file of so many bytes."""
  member = tarfile.TarInfo(name)
  member.mode, member.size = 0o644, size
  return member


def member_folders(names: Iterable[str]) -> list[tarfile.TarInfo]:
  """The headers of the folders that some files lie in, the outer ones first."""
  parents = {
    parent.as_posix()
    for name in names
    for parent in pathlib.PurePosixPath(name).parents
  }
  members = [tarfile.TarInfo(parent) for parent in sorted(parents - {'.'})]
  for member in members:
    member.mode, member.type = 0o755, tarfile.DIRTYPE
  return members
