"""What this machine offers: processor cores and installed packages."""

import functools
from importlib import metadata
from importlib import util
import os

import exporter
from exporter import errors

# Extra in setup.py -> the packages it installs -> the names to import them by.
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
  """The packages that an extra of setup.py installs."""
  return tuple(_PACKAGES[extra])


def is_installed(package: str) -> bool:
  """Whether a package, which must be of one of the extras, is installed."""
  modules = {
    name: module
    for extra in _PACKAGES.values()
    for name, module in extra.items()
  }
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
  """The versions that an artifact written here depends on, by package.

  Args:
    *more: Packages that took part beside TensorFlow, TF-Slim and NumPy.
  """
  packages = ('tensorflow', 'tf-slim', 'numpy', *more)
  installed = {package: metadata.version(package) for package in packages}
  return {'slimhub': exporter.__version__, **installed}


def cores() -> int:
  """How many processor cores this process may use."""
  if hasattr(os, 'sched_getaffinity'):  # macOS does not have it.
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1
