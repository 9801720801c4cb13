"""Own models: spec files and packages -> specs, beside the published ones."""

from collections.abc import Iterator
from importlib import metadata
import os
import pathlib
import sys
from typing import Any

from model_specs import checks
from model_specs import published
from model_specs import registry
from model_specs import spec
from model_specs.spec_files import model as model_lib
from model_specs.spec_files import text as text_lib

if sys.version_info >= (3, 11):
  import tomllib
else:
  import tomli as tomllib

GROUP = 'slimhub.models'  # Of entry points: NAME = "package:SPEC_FILE".


def _load(path: pathlib.Path) -> dict[str, Any]:
  try:
    with path.open('rb') as file:
      return tomllib.load(file)
  except OSError as error:
    raise checks.SpecError(
      f'spec file {path} cannot be read: {error.strerror}; '
      '`slimhub new NAME` writes one to start from'
    ) from error
  except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
    raise checks.SpecError(
      f'spec file {path} is not TOML: {error}; mend it there'
    ) from error


def _tables(path: pathlib.Path) -> list[dict[str, Any]]:
  data = _load(path)
  tables = data.get(text_lib.TABLE)
  is_list = isinstance(tables, list) and all(
    isinstance(table, dict) for table in tables
  )
  if data.keys() != {text_lib.TABLE} or not is_list or not tables:
    found = ', '.join(data) or 'nothing'
    raise checks.SpecError(
      f'spec file {path} holds {found}, expected nothing but a table '
      f'[[{text_lib.TABLE}]] for each model'
    )
  return tables


def read_models(file: str | os.PathLike[str]) -> tuple[spec.ModelSpec, ...]:
  """The models of a spec file.

  Args:
    file: The file; what it names is looked for from its folder.

  Returns:
    The specs.

  Raises:
    SpecError: The file or a model of it cannot be used; the message says all
      that is wrong.
  """
  path = pathlib.Path(file)
  folder = path.absolute().parent
  found, problems = [], []
  for table in _tables(path):
    try:
      found.append(model_lib.read_model(table, str(path), folder))
    except checks.SpecError as error:
      problems.append(str(error))
  if problems:
    raise checks.SpecError('\n'.join(problems))
  return tuple(found)


def _packaged() -> Iterator[spec.ModelSpec]:
  """The models of installed packages."""
  for entry in metadata.entry_points(group=GROUP):
    package = entry.dist.name if entry.dist else '?'
    try:
      given = entry.load()
      path = pathlib.Path(os.fspath(given() if callable(given) else given))
    except Exception as error:  # It is the package's own code.
      raise checks.SpecError(
        f'package {package}: its entry point {entry.name} of {GROUP}, '
        f'{entry.value}, gives no path of a spec file: '
        f'{type(error).__name__}: {error}; mend or uninstall the package'
      ) from error
    yield from read_models(path)


def load_registry(*files: str | os.PathLike[str]) -> registry.Registry:
  """All models: published, of installed packages, and of spec files.

  Args:
    *files: Spec files; one that is named twice counts once.

  Returns:
    The models.

  Raises:
    SpecError: A file cannot be used, or two models have the same handles.
  """
  paths = dict.fromkeys(pathlib.Path(file).resolve() for file in files)
  own = [model for path in paths for model in read_models(path)]
  return registry.Registry((*published.MODELS, *_packaged(), *own))
