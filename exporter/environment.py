"""What this machine offers: cores, and packages, some of them optional."""

import functools
from importlib import metadata
from importlib import util
import os

import exporter
from exporter import errors

# Extra of setup.py -> what it brings, and the name it is imported by.
_PACKAGES = {
  'litert': {'ai-edge-litert': 'ai_edge_litert'},
  'onnx': {'onnx': 'onnx', 'onnxruntime': 'onnxruntime', 'tf2onnx': 'tf2onnx'},
  'ray': {'ray': 'ray'},
  'serve': {
    'markdown-it-py': 'markdown_it',
    'starlette': 'starlette',
    'uvicorn': 'uvicorn',
  },
  'site': {
    'mkdocs': 'mkdocs',
    'mkdocs-material': 'material',
    'nbconvert': 'nbconvert',
  },
}


def packages(extra: str) -> tuple[str, ...]:
  """What an extra brings."""
  return tuple(_PACKAGES[extra])


def is_installed(package: str) -> bool:
  """Whether a package that an extra brings is there."""
  modules = {p: m for found in _PACKAGES.values() for p, m in found.items()}
  return util.find_spec(modules[package]) is not None


def require(extra: str) -> None:
  """Raises a PackageError if a package of an extra is not installed."""
  missing = [
    package for package in _PACKAGES[extra] if not is_installed(package)
  ]
  if missing:
    raise errors.PackageError(
      f'{extra} needs {", ".join(missing)}, which this environment '
      f"lacks; run: pip install 'slimhub[{extra}]'"
    )


@functools.cache
def libraries(*more: str) -> dict[str, str]:
  """The versions that an artifact made here depends on, by package.

  Args:
    *more: Packages beside TensorFlow and TF-Slim that had a part in it.
  """
  packages = ('tensorflow', 'tf-slim', 'numpy', *more)
  found = {package: metadata.version(package) for package in packages}
  return {'slimhub': exporter.__version__, **found}


def cores() -> int:
  """How many processor cores this process may use."""
  if hasattr(os, 'sched_getaffinity'):  # macOS has no such thing.
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1
