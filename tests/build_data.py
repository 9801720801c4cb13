"""The files that are no modules, and which targets of BUILD files read them.

A module reads a file if one of its strings is the path of it, from the folder
of the module or, in a test, from any folder around it. A folder without modules
counts as one file. What imports `tests.source_tree` may read anything.
"""

import ast
from collections.abc import Iterator
import functools
import pathlib
import re

from tests import build_targets
from tests import source_tree
from tests.build_targets import Target

_READS_ALL = 'tests.source_tree'
_ALL = Target('', 'all_files')


@functools.cache
def _ignored() -> set[str]:
  """What is no part of the sources, though it lies among them."""
  return set((source_tree.ROOT / '.bazelignore').read_text('utf-8').split())


def _is_data(path: pathlib.Path) -> bool:
  relative = path.relative_to(source_tree.ROOT)
  if not relative.parts or relative.parts[0] in _ignored():
    return False
  if path.is_file():
    return path.suffix not in ('.py', '.pyi') and path.name != 'BUILD'
  return path.is_dir() and not any(path.rglob('*.py'))


def _paths(module: str) -> Iterator[pathlib.Path]:
  path = source_tree.modules()[module]
  around = [path.parent]
  if module.startswith('tests.'):
    depth = len(path.relative_to(source_tree.ROOT).parts)
    around = list(path.parents)[:depth]
  for node in ast.walk(source_tree.syntax(path)):
    text = node.value if isinstance(node, ast.Constant) else None
    if isinstance(text, str) and re.fullmatch(r'\.?\w[\w/.-]*', text):
      for folder in around:
        if _is_data(folder / text):
          yield (folder / text).relative_to(source_tree.ROOT)


@functools.cache
def folders() -> set[str]:
  """The folders that have modules, from the root; it is the empty string."""
  return {'', *map(build_targets.folder, source_tree.modules())}


def _nearest(path: pathlib.PurePath) -> str:
  """The innermost folder of modules that a path lies in."""
  around = [parent.as_posix().removeprefix('.') for parent in path.parents]
  return next(folder for folder in around if folder in folders())


def _target(path: pathlib.Path) -> Target:
  """The target of a file or a folder of data."""
  folder = _nearest(path)
  first, *rest = path.relative_to(folder).parts
  if rest or (source_tree.ROOT / path).is_dir():
    return Target(folder, f'{first}_files')
  return Target(folder, first)


@functools.cache
def read_by(module: str) -> set[Target]:
  """The targets of the files that a module reads."""
  if module == _READS_ALL:
    return {_ALL}
  targets = {_target(path) for path in _paths(module)}
  stub = build_targets.stub(module)
  if stub.is_file():  # It says, at run time, what the package loads later.
    targets.add(Target(build_targets.folder(module), stub.name))
  return targets


@functools.cache
def _read() -> set[tuple[str, Target]]:
  """Which folder's modules read which targets of files."""
  return {
    (build_targets.folder(module), target)
    for module in source_tree.modules()
    for target in read_by(module) - {_ALL}
  }


def exported(folder: str) -> list[str]:
  """The files of a folder that modules of other folders read, sorted."""
  names = {t.name for reader, t in _read() if folder == t.folder != reader}
  return sorted(name for name in names if not name.endswith('_files'))


def groups(folder: str) -> list[str]:
  """The folders of data in a folder that any module reads, sorted."""
  names = {target.name for _, target in _read() if target.folder == folder}
  return sorted(
    name.removesuffix('_files') for name in names if name.endswith('_files')
  )


def trees(folder: str) -> list[Target]:
  """The targets that hold all files of the folders right below a folder."""
  below = [] if folder else [Target('bazel', 'all_files')]
  for name in folders() - {''}:
    if _nearest(pathlib.PurePath(name)) == folder:
      below.append(Target(name, 'all_files'))
  return below
