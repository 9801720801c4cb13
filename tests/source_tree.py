"""What stands in this repository: its modules and what each one imports."""

import ast
import functools
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ('benchmarks', 'exporter', 'model_specs', 'tests')
FILES = ('slimhub_keras.py',)  # Modules beside the folders.

# Import name -> the distribution that brings it, where the two differ.
_DISTRIBUTIONS = {
  'PIL': 'pillow',
  'absl': 'absl-py',
  'axe_playwright_python': 'axe-playwright-python',
  'ai_edge_litert': 'ai-edge-litert',
  'flatbuffers': 'flatbuffers',
  'google': 'protobuf',
  'jsonschema': 'jsonschema',
  'keras': 'keras',
  'lazy_loader': 'lazy-loader',
  'markdown_it': 'markdown-it-py',
  'mediapipe': 'mediapipe',
  'mkdocs': 'mkdocs',
  'numpy': 'numpy',
  'onnx': 'onnx',
  'onnxruntime': 'onnxruntime',
  'playwright': 'playwright',
  'pytest': 'pytest',
  'ray': 'ray',
  'requests': 'requests',
  'setuptools': 'setuptools',
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


def _named(node: ast.AST) -> list[str]:
  if isinstance(node, ast.Import):
    return [alias.name for alias in node.names]
  if isinstance(node, ast.ImportFrom):
    full = [f'{node.module}.{alias.name}' for alias in node.names]
    return [name if name in modules() else str(node.module) for name in full]
  return []


@functools.cache
def imports(path: pathlib.Path) -> set[str]:
  """Dotted names of what the file imports, at the top or inside a function.

  Of `from package import name`, the module `package.name` where that is one
  of this tree, else `package`.
  """
  return {name for node in ast.walk(syntax(path)) for name in _named(node)}


def internal(path: pathlib.Path) -> list[str]:
  """The modules of this tree that the file imports, sorted."""
  return sorted(imports(path) & modules().keys())


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
