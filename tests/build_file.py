"""Renders a BUILD file for each folder of modules, from their imports.

`python -m tests.build_file` writes them anew, and layout_test compares.
"""

from collections.abc import Iterable
from collections.abc import Mapping
import graphlib
import pathlib

from tests import build_data
from tests import build_tags
from tests import build_targets
from tests import source_tree
from tests.build_targets import Target

_HEADER = """\
# Written by `python -m tests.build_file` from the imports of the modules:
# run it again instead of editing.
"""
# What begins a call in a BUILD file -> where it is loaded from.
_LOADED = {
  'pytest_test(': ('//bazel:pytest_test.bzl', 'pytest_test'),
  'requirement(': ('@pip//:requirements.bzl', 'requirement'),
  'py_binary(': ('@rules_python//python:defs.bzl', 'py_binary'),
  'py_library(': ('@rules_python//python:defs.bzl', 'py_library'),
}
_PUBLIC = 'default_visibility = ["//visibility:public"]'
_PACKAGE = f'\npackage({_PUBLIC})\n'
_PACKAGE_OF_TESTS = f"""
package(
    default_testonly = True,
    {_PUBLIC},
)
"""
_OF_TESTS = ('benchmarks', 'tests')  # Nothing that is shipped needs these.
# What the root has beside its modules.
_ROOT = """
py_binary(
    name = "slimhub",
    srcs = ["//bazel:run_slimhub.py"],
    main = "//bazel:run_slimhub.py",
    deps = ["//exporter:__main__"],
)

# The sources, for the tests that read them.
filegroup(
    name = "all_files",
    testonly = True,
    srcs = glob(
        [
            "*",
            ".ci/*",
            "docs/**",
        ],
        exclude = [".git"],
    ) + {trees},
)
"""
_TREE = """
filegroup(
    name = "all_files",
    srcs = glob(
        ["**"],
        exclude = ["**/*.pyc"],
    ){trees},
)
"""
_DATA = """
filegroup(
    name = "{name}_files",
    srcs = glob(["{name}/**"]),
)
"""
_DISTRIBUTIONS = '''\
"""The packages of pip that BUILD files name.

Written by `python -m tests.build_file`: run it again instead of editing.
"""

DISTRIBUTIONS = {names}
'''
# Bazel's Python is newer, and brings what this stands for.
_OF_OLDER_PYTHONS = {'tomli'}


class NameTakenError(Exception):
  """A module is called as the target of its package's face is."""


class ImportCycleError(Exception):
  """Modules import one another, so no target of them can be the first."""


def _listed(items: Iterable[str], indent: str = '    ') -> str:
  items = list(items)
  if len(items) == 1:
    return f'[{items[0]}]'
  lines = ''.join(f'{indent}    {item},\n' for item in items)
  return f'[\n{lines}{indent}]'


def _quoted(items: Iterable[str]) -> list[str]:
  return [f'"{item}"' for item in items]


def _order(label: str) -> tuple[int, list[str]]:
  """Sorts labels as buildifier does: files, then this folder's, then others."""
  phase = 1 if label.startswith(':') else 2 if label.startswith('//') else 0
  return phase, label.replace(':', '.').split('.')


def _labels(targets: Iterable[Target], folder: str) -> list[str]:
  labels = {target.label(folder) for target in targets}
  return _quoted(sorted(labels, key=_order))


def _rule(kind: str, name: str, attributes: Mapping[str, list[str]]) -> str:
  lines = ''.join(
    f'    {key} = {_listed(items)},\n'
    for key, items in attributes.items()
    if items
  )
  return f'\n{kind}(\n    name = "{name}",\n{lines})\n'


def _distributions(module: str) -> list[str]:
  """What pip installs for a module; each test has pytest anyhow."""
  names = set(source_tree.distributions(source_tree.modules()[module]))
  names -= {'pytest'} if build_targets.is_test(module) else set()
  return sorted(names - _OF_OLDER_PYTHONS)


def _render_module(module: str) -> str:
  folder, file = build_targets.own(module)
  is_test = build_targets.is_test(module)
  attributes = {
    'srcs': [] if is_test else [f'"{file}.py"'],
    'data': _labels(build_data.read_by(module), folder),
    'tags': _quoted(build_tags.tags(module)) if is_test else [],
    'deps': _labels(build_targets.needs(module), folder)
    + [f'requirement("{name}")' for name in _distributions(module)],
  }
  return _rule('pytest_test' if is_test else 'py_library', file, attributes)


def _render_face(package: str) -> str:
  folder, name = build_targets.face(package)
  deps = _labels(build_targets.face_needs(package), folder)
  return _rule('py_library', name, {'deps': deps})


def _render_data(folder: str) -> str:
  """The files of a folder that are no modules, and all of its files."""
  files = _quoted(build_data.exported(folder))
  exports = f'\nexports_files({_listed(files, "")})\n' if files else ''
  groups = [_DATA.format(name=name) for name in build_data.groups(folder)]
  trees = _labels(build_data.trees(folder), folder)
  if not folder:
    tree = _ROOT.format(trees=_listed(trees))
  else:
    tree = _TREE.format(trees=f' + {_listed(trees)}' if trees else '')
  return ''.join((exports, *groups, tree))


def _loads(rules: str) -> str:
  files: dict[str, list[str]] = {}
  for call, (file, name) in _LOADED.items():
    if call in rules:
      files.setdefault(file, []).append(name)
  lines = [
    f'load("{file}", {", ".join(_quoted(names))})\n'
    for file, names in sorted(files.items(), key=lambda item: item[0][0] == '/')
  ]
  return '\n' + ''.join(lines) if lines else ''


def _render(folder: str) -> str:
  names = [
    name
    for name in source_tree.modules()
    if build_targets.folder(name) == folder
  ]
  rules = _render_data(folder)
  rules += ''.join(map(_render_face, filter(build_targets.has_face, names)))
  rules += ''.join(map(_render_module, names))
  is_of_tests = folder.partition('/')[0] in _OF_TESTS
  package = _PACKAGE_OF_TESTS if is_of_tests else _PACKAGE
  return _HEADER + _loads(rules) + package + rules


def _check_names() -> None:
  modules = {build_targets.own(name): name for name in source_tree.modules()}
  for package in filter(build_targets.has_face, source_tree.modules()):
    face = build_targets.face(package)
    if face in modules:
      raise NameTakenError(
        f'{face.label("")} is the target of {modules[face]} and of the face of '
        f'{package}, expected one of them; give the module another name'
      )


def _check_order() -> None:
  """Raises an error where targets would need one another."""
  try:
    graphlib.TopologicalSorter(build_targets.graph()).prepare()
  except graphlib.CycleError as error:
    circle = ' <- '.join(target.label('') for target in error.args[1])
    raise ImportCycleError(
      f'{circle}: each is imported by the next one, expected no circle; import '
      'another module than the face of a package inside of that package, or '
      'move what both need into a module of its own'
    ) from error


def render() -> dict[pathlib.Path, str]:
  """The path of each file that is written, and what it says.

  Raises:
    NameTakenError: A module is called as its package is.
    ImportCycleError: Modules import one another.
  """
  _check_names()
  _check_order()
  root = source_tree.ROOT
  files = {root / n / 'BUILD': _render(n) for n in build_data.folders()}
  used = {n for name in source_tree.modules() for n in _distributions(name)}
  names = _listed(_quoted(sorted({'pytest', *used})), '')
  distributions = root / 'bazel' / 'distributions.bzl'
  return {**files, distributions: _DISTRIBUTIONS.format(names=names)}


def present() -> dict[pathlib.Path, str]:
  """What the files say that are there now, even if they are wanted no more."""
  root = source_tree.ROOT
  paths = [root / 'BUILD', root / 'bazel' / 'distributions.bzl']
  for folder in source_tree.FOLDERS:
    paths += (root / folder).rglob('BUILD')
  return {path: path.read_text('utf-8') for path in paths if path.is_file()}


if __name__ == '__main__':
  wanted = render()
  for path in present().keys() - wanted.keys():
    path.unlink()
  for path, text in wanted.items():
    path.write_text(text, 'utf-8')
