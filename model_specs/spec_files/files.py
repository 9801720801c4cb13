"""Own models: spec files and packages -> specs, beside the published ones."""

from importlib import metadata
import os
import pathlib
import sys
from typing import Any

from model_specs import checks
from model_specs import outside
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
_MOST_BYTES = 2**24  # Of a spec file; one with 50,000 labels has a megabyte.


def _load(path: pathlib.Path) -> dict[str, Any]:
  try:
    return tomllib.loads(
      outside.read_file(path, _MOST_BYTES).decode('utf-8-sig')
    )
  except OSError as error:
    raise checks.SpecError(
      f'spec file {path} cannot be read: {error.strerror}; '
      '`slimhub new NAME` writes one to start from'
    ) from error
  except UnicodeDecodeError as error:
    raise checks.SpecError(
      f'spec file {path} is not TOML: it is not UTF-8; save it as that'
    ) from error
  # Wrong TOML, or a number of more digits than Python reads.
  except ValueError as error:
    raise checks.SpecError(
      f'spec file {path} is not TOML: {error}; mend it there'
    ) from error
  except RecursionError as error:
    raise checks.SpecError(
      f'spec file {path} is not read: too many brackets in one another; '
      'expected a list in a table at most'
    ) from error


def _tables(path: pathlib.Path) -> list[dict[str, Any]]:
  data = _load(path)
  tables = data.get(text_lib.TABLE)
  is_list = isinstance(tables, list) and all(
    isinstance(table, dict) for table in tables
  )
  if data.keys() != {text_lib.TABLE} or not is_list or not tables:
    found = outside.shown(', '.join(data)) or 'nothing'
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
  models, problems = [], []
  for table in _tables(path):
    try:
      models.append(model_lib.read_model(table, str(path), folder))
    except checks.SpecError as error:
      problems.append(str(error))
  if problems:
    raise checks.SpecError('\n'.join(problems))
  return tuple(models)


def _joined(
  models: registry.Registry, entry: metadata.EntryPoint
) -> registry.Registry:
  """Adds the models of an installed package.

  Raises:
    SpecError: They cannot be used; the message names the package.
  """
  package = entry.dist.name if entry.dist else '?'
  try:
    loaded = entry.load()
    path = pathlib.Path(os.fspath(loaded() if callable(loaded) else loaded))
    return models.joined(read_models(path))
  except KeyboardInterrupt:
    raise
  # It is the package's own code: some of it calls sys.exit().
  except BaseException as error:
    is_told = isinstance(error, checks.SpecError)
    reason = f'{error}' if is_told else f'{type(error).__name__}: {error}'
    raise checks.SpecError(
      f'package {package}: its entry point {entry.name} of {GROUP}, '
      f'{entry.value}, gives no models that can be used: {reason}; '
      'mend or uninstall the package'
    ) from error


def load_registry(*files: str | os.PathLike[str]) -> registry.Registry:
  """All models: published, of installed packages, and of spec files.

  A package that cannot be used takes nothing else away: the registry has all
  other models, and says in `broken` what is wrong with the package.

  Args:
    *files: Spec files; one that is named twice counts once.

  Returns:
    The models.

  Raises:
    SpecError: A file cannot be used, or two models have the same handles.
  """
  models, broken = registry.Registry(published.MODELS), []
  for entry in metadata.entry_points(group=GROUP):
    try:
      models = _joined(models, entry)
    except checks.SpecError as error:
      broken.append(str(error))
  paths = dict.fromkeys(pathlib.Path(file).resolve() for file in files)
  own = [model for path in paths for model in read_models(path)]
  return registry.Registry(models.joined(own).models, broken)
