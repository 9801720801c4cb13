"""What is known of a test beside what it imports: may Bazel run it, and when.

A test with the tag `manual` needs more than this Python and the files of this
tree; `bazel test //...` leaves it out. Of the others, the one of each folder
that takes the least effort has the tag `quick`.
"""

import ast
import functools

from tests import build_targets
from tests import source_tree

# What a test uses, or a module of the tests that it imports -> why a sandbox
# cannot give it. Each is a distribution, the last part of a module's name, or a
# function of such a module.
_OUTSIDE = {
  'environments.find_interpreter': 'interpreters',
  'environments.interpreter': 'interpreters',
  'environments.make': 'interpreters',
  'nginx': 'nginx',
  'npm': 'npm',
  'playwright': 'browser',
  'ray_nodes': 'ray',
  'skopeo': 'skopeo',
}

# What starts another Python, which has all its imports before it.
_STARTERS = ('subprocess.', 'code_blocks.run', 'code_blocks.slimhub')


def _uses(module: str) -> set[str]:
  """All that a key of the table above can name."""
  path = source_tree.modules()[module]
  names = {name.rpartition('.')[-1] for name in source_tree.internal(path)}
  functions = {
    f'{node.value.id}.{node.attr}'
    for node in ast.walk(source_tree.syntax(path))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
  }
  return {*names, *functions, *source_tree.distributions(path)}


def _helpers(test: str) -> set[str]:
  """The modules of the tests that a test imports, and what these import."""
  helpers: set[str] = set()
  waiting = [test]
  while waiting:
    names = source_tree.internal(source_tree.modules()[waiting.pop()])
    new = {name for name in names if name.startswith('tests.')} - helpers
    helpers |= new
    waiting += new
  return helpers


@functools.cache
def outside(test: str) -> list[str]:
  """What a test needs that a sandbox cannot give, sorted."""
  modules = {test, *_helpers(test)}
  used = set[str]().union(*map(_uses, modules))
  return sorted({_OUTSIDE[name] for name in used & _OUTSIDE.keys()})


def _is_of_package(test: str) -> bool:
  """Whether it imports the package whose tests lie in its folder."""
  name = build_targets.folder(test).removeprefix('tests').strip('/')
  path = source_tree.modules()[test]
  return any(
    f'/{build_targets.folder(module)}'.endswith(f'/{name or "exporter"}')
    for module in source_tree.internal(path)
    if not module.startswith('tests')
  )


def _effort(test: str) -> tuple[bool, bool, int]:
  """The key that the tests of a folder are sorted by; `quick` is the least."""
  starts_others = any(name.startswith(_STARTERS) for name in _uses(test))
  size = len(build_targets.closure(test))
  return not _is_of_package(test), starts_others, size


@functools.cache
def _quick(folder: str) -> str | None:
  """The test of a folder that takes the least effort."""
  tests = [
    name
    for name in source_tree.modules()
    if build_targets.is_test(name)
    and build_targets.folder(name) == folder
    and not outside(name)
  ]
  return min(tests, key=_effort, default=None)


def tags(test: str) -> list[str]:
  """The tags of a test."""
  if outside(test):
    return sorted(['manual', *outside(test)])
  is_quick = test == _quick(build_targets.folder(test))
  return ['quick'] if is_quick else []
