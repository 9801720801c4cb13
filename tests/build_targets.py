"""The targets of the BUILD files, and what each module needs of the others.

A module is a target of its own, named after its file, in the BUILD file of its
folder. What a target depends on is what its file imports, or names in a string
to import it later, and this keeps the graph free of cycles wherever the imports
are:

- `:__init__` holds the `__init__.py` of a folder and nothing of the modules
  that it imports. Every module of the folder depends on it, because Python
  runs it first.
- The target that is named after the folder, `//exporter/storage`, stands for
  the face of the package: `:__init__` and each module that the face offers,
  be it imported at once or, by means of a stub, at first use. Only what
  imports the face depends on it. No module of the package does so: they
  import one another by name.
- Some faces import their modules at once. Whoever imports a single module
  from outside of such a package runs the face as well, and so depends on the
  whole of it.
"""

from collections.abc import Iterator
import functools
import pathlib
from typing import NamedTuple

from tests import source_tree

FACE = '__init__'


class Target(NamedTuple):
  """Something that a BUILD file defines or exports."""

  folder: str  # From the root, which is the empty string.
  name: str

  def label(self, folder: str) -> str:
    """The label of the target, as the BUILD file of a folder writes it."""
    if folder == self.folder:
      return self.name if '.' in self.name else f':{self.name}'
    if pathlib.PurePath(self.folder).name == self.name:
      return f'//{self.folder}'
    return f'//{self.folder}:{self.name}'


def is_test(module: str) -> bool:
  """Whether pytest runs it."""
  return module.endswith('_test')


def is_package(module: str) -> bool:
  """Whether it is the `__init__` of a folder."""
  return source_tree.modules()[module].stem == FACE


def folder(module: str) -> str:
  """The folder whose BUILD file has the target of a module."""
  path = source_tree.modules()[module].parent
  return path.relative_to(source_tree.ROOT).as_posix().removeprefix('.')


def own(module: str) -> Target:
  """The target of nothing but this module's file."""
  return Target(folder(module), source_tree.modules()[module].stem)


def stub(module: str) -> pathlib.Path:
  """Where a stub would be: a package's says what its face loads later."""
  return source_tree.modules()[module].with_suffix('.pyi')


def _is_inside(module: str, package: str) -> bool:
  return f'{module}.'.startswith(f'{package}.')


@functools.cache
def offers(package: str) -> list[str]:
  """The modules that its face imports from it, at once or at first use."""
  paths = [source_tree.modules()[package], stub(package)]
  imported = {
    name
    for path in paths
    if path.is_file()
    for name in source_tree.internal(path)
  }
  return sorted(
    name for name in imported - {package} if _is_inside(name, package)
  )


@functools.cache
def _loads_at_once(package: str) -> bool:
  names = source_tree.internal(source_tree.modules()[package])
  return not set(names).isdisjoint(offers(package))


def has_face(module: str) -> bool:
  """Whether it is a package whose face offers something."""
  return is_package(module) and bool(offers(module))


def face(package: str) -> Target:
  """The target of all that importing a package can bring."""
  target = own(package)
  if has_face(package):
    return Target(target.folder, pathlib.PurePath(target.folder).name)
  return target


def _packages_around(module: str) -> Iterator[str]:
  """The packages that Python runs before a module, the outermost first."""
  parts = module.split('.')
  for length in range(1, len(parts)):
    yield '.'.join(parts[:length])


@functools.cache
def _whole(package: str) -> set[str]:
  """The modules of a package that importing anything of it loads."""
  loaded: set[str] = set()
  waiting = list(offers(package)) if _loads_at_once(package) else []
  while waiting:
    module = waiting.pop()
    if module not in loaded and _is_inside(module, package):
      loaded.add(module)
      waiting += source_tree.internal(source_tree.modules()[module])
  return loaded


def _imported(name: str, importer: str) -> Iterator[Target]:
  loaded = [
    package
    for package in _packages_around(name)
    if not _is_inside(importer, package) and _loads_at_once(package)
  ]
  yield from map(face, loaded)
  if not any(name in _whole(package) for package in loaded):
    yield face(name) if is_package(name) else own(name)


def _around(module: str) -> Iterator[Target]:
  """The `__init__` of the folder, and what pytest loads beside a test."""
  packages = list(_packages_around(module))
  if packages:
    yield own(packages[-1])
  if is_test(module):
    for package in packages:
      if f'{package}.conftest' in source_tree.modules():
        yield own(f'{package}.conftest')


def needs(module: str) -> set[Target]:
  """The targets of this tree that the target of a module depends on."""
  path = source_tree.modules()[module]
  names = {*source_tree.internal(path), *source_tree.named(path)}
  if is_package(module):
    names -= {module, *offers(module)}
  targets = {t for name in names for t in _imported(name, module)}
  return targets | set(_around(module)) - {own(module)}


def face_needs(package: str) -> set[Target]:
  """The targets that the face of a package depends on."""
  targets = {face(n) if is_package(n) else own(n) for n in offers(package)}
  return targets | {own(package)}


@functools.cache
def graph() -> dict[Target, set[Target]]:
  """Each target of a module or a face, and those that it depends on."""
  dependencies = {}
  for module in source_tree.modules():
    dependencies[own(module)] = needs(module)
    if has_face(module):
      dependencies[face(module)] = face_needs(module)
  return dependencies


def closure(module: str) -> set[Target]:
  """The targets that the target of a module cannot be built without."""
  reached: set[Target] = set()
  waiting = [own(module)]
  while waiting:
    new = graph()[waiting.pop()] - reached
    reached |= new
    waiting += new
  return reached
