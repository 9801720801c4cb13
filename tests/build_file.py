"""Renders BUILD from the tree: the deps of a target are its real imports.

`python -m tests.build_file` rewrites it; layout_test compares.
"""

import ast
from collections.abc import Iterable
import pathlib
import re

from tests import source_tree

PATH = source_tree.ROOT / 'BUILD'

_HEADER = """\
# Written by `python -m tests.build_file` from the imports of the modules:
# run it again instead of editing.

load("@pip//:requirements.bzl", "requirement")
load("@rules_python//python:defs.bzl", "py_binary", "py_library", "py_test")

package(default_visibility = ["//visibility:public"])

# What the tests of the layout read.
filegroup(
    name = "tree",
    srcs = glob(
        [
            "*",
            "benchmarks/**/*.py",
            "docs/*.ipynb",
            "docs/*.md",
            "exporter/**/*.py",
            "model_specs/**",
            "tests/**/*.py",
        ],
        exclude = ["bazel-*"],
        exclude_directories = 1,
    ),
)
"""
_READS_THE_TREE = 'tests.source_tree'
_RUNNER = 'tests/__main__.py'  # Gives a py_test's file to pytest.
_ATTRIBUTES = ('name', 'testonly', 'srcs', 'args', 'data', 'main', 'deps')
# Bazel's Python is newer, and brings what this stands for.
_OF_OLDER_PYTHONS = {'tomli'}
_BINARIES = {'exporter.__main__': 'slimhub'}


def _target(module: str) -> str:
  return _BINARIES.get(module, module.replace('.', '/'))


def _listed(items: Iterable[str], indent: str = ' ' * 4) -> str:
  items = list(items)
  if len(items) == 1:
    return f'[{items[0]}]'
  return '[\n' + ''.join(f'{indent * 2}{i},\n' for i in items) + f'{indent}]'


def _quoted(items: Iterable[str]) -> list[str]:
  return [f'"{item}"' for item in items]


def _rule(kind: str, attributes: dict[str, str]) -> str:
  lines = ''.join(
    f'    {key} = {attributes[key]},\n'
    for key in _ATTRIBUTES
    if attributes.get(key)
  )
  return f'\n{kind}(\n{lines})\n'


def _files_named(path: pathlib.Path) -> set[str]:
  """Files that a string of the module names, from its folder or the root."""
  found = set()
  for node in ast.walk(source_tree.syntax(path)):
    text = node.value if isinstance(node, ast.Constant) else None
    if isinstance(text, str) and re.fullmatch(r'\w[\w/.-]*', text):
      for folder in (path.parent, source_tree.ROOT):
        file = folder / text
        if file.is_file() and file.suffix != '.py' and file != PATH:
          found.add(file.relative_to(source_tree.ROOT).as_posix())
  return found


def _files_beside(path: pathlib.Path) -> set[str]:
  """Files of the folders of data beside a module of exporter/ that it names."""
  if not path.is_relative_to(source_tree.ROOT / 'exporter'):
    return set()
  found = set()
  for node in ast.walk(source_tree.syntax(path)):
    text = node.value if isinstance(node, ast.Constant) else None
    if isinstance(text, str) and re.fullmatch(r'\w+', text):
      folder = path.parent / text
      files = {file for file in folder.rglob('*') if file.is_file()}
      if not any(file.suffix in ('.py', '.pyc') for file in files):
        found |= {f.relative_to(source_tree.ROOT).as_posix() for f in files}
  return found


def _data(module: str, path: pathlib.Path) -> str:
  labels = sorted(_files_named(path) | _files_beside(path))
  if module == _READS_THE_TREE:
    labels = [':tree']
  files = _listed(_quoted(labels)) if labels else ''
  folder = 'glob(["tests/data/**"])' if module.endswith('_test') else ''
  return ' + '.join(part for part in (files, folder) if part)


def _deps(module: str, path: pathlib.Path) -> str:
  internal = {f':{_target(name)}' for name in source_tree.internal(path)}
  external = set(source_tree.distributions(path)) - _OF_OLDER_PYTHONS
  if module.endswith('_test'):
    external.add('pytest')
    internal |= {':tests/conftest'} & {
      f':{_target(name)}' for name in source_tree.modules()
    }
  items = _quoted(sorted(internal))
  items += [f'requirement("{name}")' for name in sorted(external)]
  return _listed(items) if items else ''


def _render_module(module: str, path: pathlib.Path) -> str:
  file = path.relative_to(source_tree.ROOT).as_posix()
  attributes = {'name': f'"{_target(module)}"'}
  kind = 'py_library'
  if module.endswith('_test'):
    kind = 'py_test'
    attributes['srcs'] = _listed(_quoted(sorted([file, _RUNNER])))
    attributes['args'] = f'["{file}"]'
    attributes['main'] = f'"{_RUNNER}"'
  elif module in _BINARIES:
    kind = 'py_binary'
    attributes['main'] = f'"{file}"'
  elif module.startswith('tests'):
    attributes['testonly'] = 'True'
  attributes.setdefault('srcs', f'["{file}"]')
  attributes['data'] = _data(module, path)
  attributes['deps'] = _deps(module, path)
  return _rule(kind, attributes)


def render() -> str:
  """The whole file."""
  return _HEADER + ''.join(
    _render_module(module, path)
    for module, path in source_tree.modules().items()
  )


if __name__ == '__main__':
  PATH.write_text(render(), 'utf-8')
