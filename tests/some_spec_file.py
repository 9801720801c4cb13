"""A spec file of one small own model, for tests of what is made of it."""

import pathlib
from typing import Any

from model_specs import spec
from model_specs.spec_files import model as model_lib
from model_specs.spec_files import text

VALUES: dict[str, Any] = {
  'publisher': 'acme',
  'dataset': 'flowers',
  'name': 'small',
  'version': 2,
  'tf1_version': 1,
  'network': 'mobilenet_v1',
  'multiplier': 0.25,
  'size': 32,
  'num_classes': 3,
}


def values(**changes: Any) -> dict[str, Any]:
  """The table with some keys changed; None removes one."""
  changed = {**VALUES, **changes}
  return {key: value for key, value in changed.items() if value is not None}


def model(**changes: Any) -> spec.ModelSpec:
  """The model of such a table."""
  return model_lib.read_model(values(**changes), 'models.toml')


def write(folder: pathlib.Path, **changes: Any) -> pathlib.Path:
  """Writes the file of such a table."""
  path = folder / 'models.toml'
  path.write_text(text.document([values(**changes)]), 'utf-8')
  return path
