"""What stands in this repository: its modules and what each one imports."""

import ast
from collections.abc import Iterator
import functools
import itertools
import pathlib
import sys

# Links are not followed: in the sandbox of Bazel, each file is one.
ROOT = pathlib.Path(__file__).absolute().parent.parent
FOLDERS = ('benchmarks', 'exporter', 'model_specs', 'tests')
FILES = ('slimhub_keras.py',)  # Modules beside the folders.

# Import name -> the distribution that brings it, where the two differ.
_DISTRIBUTIONS = {
  'model_signing': 'model-signing',
  'securesystemslib': 'securesystemslib',
  'PIL': 'pillow',
  'absl': 'absl-py',
  'argcomplete': 'argcomplete',
  'axe_playwright_python': 'axe-playwright-python',
  'cryptography': 'cryptography',
  'cyclonedx': 'cyclonedx-python-lib',
  'ai_edge_litert': 'ai-edge-litert',
  'flatbuffers': 'flatbuffers',
  'google': 'protobuf',
  'hypothesis': 'hypothesis',
  'in_toto_attestation': 'in-toto-attestation',
  'huggingface_hub': 'huggingface-hub',
  'jsonschema': 'jsonschema',
  'kagglehub': 'kagglehub',
  'keras': 'keras',
  'lazy_loader': 'lazy-loader',
  'markdown_it': 'markdown-it-py',
  'mediapipe': 'mediapipe',
  'mkdocs': 'mkdocs',
  'moto': 'moto',
  'nbclient': 'nbclient',
  'nbconvert': 'nbconvert',
  'nbformat': 'nbformat',
  'numpy': 'numpy',
  'onnx': 'onnx',
  'onnxruntime': 'onnxruntime',
  'pexpect': 'pexpect',
  'prometheus_client': 'prometheus-client',
  'playwright': 'playwright',
  'pytest': 'pytest',
  'ray': 'ray',
  'requests': 'requests',
  'setuptools': 'setuptools',
  'skimage': 'scikit-image',
  'starlette': 'starlette',
  'tensorflow': 'tensorflow',
  'tensorflow_hub': 'tensorflow-hub',
  'tf2onnx': 'tf2onnx',
  'tf_keras': 'tf-keras',
  'tf_slim': 'tf-slim',
  'tomli': 'tomli',
  'tqdm': 'tqdm',
  'upath': 'universal-pathlib',
  'urllib3': 'urllib3',
  'uv': 'uv',
  'uvicorn': 'uvicorn',
}


class UnknownImportError(Exception):
  """A module imports what neither this tree nor setup.py brings."""


def _name(path: pathlib.Path) -> str:
  parts = path.relative_to(ROOT).with_suffix('').parts
  return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)


@functools.cache
def modules() -> dict[str, pathlib.Path]:
  """Dotted name -> file of every module here, sorted by name."""
  paths = [p for folder in FOLDERS for p in (ROOT / folder).rglob('*.py')]
  paths += [ROOT / file for file in FILES]
  return dict(sorted((_name(path), path) for path in paths))


@functools.cache
def syntax(path: pathlib.Path) -> ast.Module:
  """The parsed file."""
  return ast.parse(path.read_text('utf-8'), str(path))


def _source(node: ast.ImportFrom, path: pathlib.Path) -> str:
  """The module that names are imported from; a stub's are relative."""
  parts = [node.module] if node.module else []
  if node.level:
    parts = [*path.parents[node.level - 1].relative_to(ROOT).parts, *parts]
  return '.'.join(parts)


def _named(node: ast.AST, path: pathlib.Path) -> list[str]:
  if isinstance(node, ast.Import):
    return [alias.name for alias in node.names]
  if isinstance(node, ast.ImportFrom):
    source = _source(node, path)
    full = [f'{source}.{alias.name}' for alias in node.names]
    return [name if name in modules() else source for name in full]
  return []


@functools.cache
def imports(path: pathlib.Path) -> set[str]:
  """Dotted names of what the file imports, at the top or inside a function.

  Of `from package import name`, the module `package.name` where that is one
  of this tree, else `package`.
  """
  nodes = ast.walk(syntax(path))
  return {name for node in nodes for name in _named(node, path)}


def internal(path: pathlib.Path) -> list[str]:
  """The modules of this tree that the file imports, sorted."""
  return sorted(imports(path) & modules().keys())


def _started_by(node: ast.AST) -> Iterator[str]:
  """What follows `-m` in the words of a command."""
  words = getattr(node, 'elts', None) or getattr(node, 'args', None)
  if isinstance(words, list):
    texts = [getattr(word, 'value', None) for word in words]
    for option, name in itertools.pairwise(texts):
      if option == '-m' and isinstance(name, str):
        yield name


def _is_module_in_package(name: object) -> bool:
  if not isinstance(name, str) or '.' not in name:
    return False
  return name in modules() and modules()[name].stem != '__init__'


def named(path: pathlib.Path) -> list[str]:
  """The modules of this tree that the file names in strings, sorted.

  It runs them by `python -m`, or imports them by their full names.
  """
  nodes = list(ast.walk(syntax(path)))
  names = {name for node in nodes for name in _started_by(node)}
  names |= {f'{name}.__main__' for name in names}
  texts = [node.value for node in nodes if isinstance(node, ast.Constant)]
  names |= {str(text) for text in texts if _is_module_in_package(text)}
  return sorted(names & modules().keys())


def distributions(path: pathlib.Path) -> list[str]:
  """The distributions that the file imports something from, sorted.

  Raises:
    UnknownImportError: It is not known which one brings an import.
  """
  tops = {name.partition('.')[0] for name in imports(path) - modules().keys()}
  tops -= sys.stdlib_module_names
  unknown = sorted(tops - _DISTRIBUTIONS.keys())
  if unknown:
    raise UnknownImportError(
      f'{path.relative_to(ROOT)} imports {", ".join(unknown)}: neither a '
      'module here, nor of the standard library, nor in the table '
      '_DISTRIBUTIONS of tests/source_tree.py; correct the import, or add the '
      'package there and to setup.py'
    )
  return sorted(_DISTRIBUTIONS[top] for top in tops)
