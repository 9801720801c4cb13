"""What a folder for TensorFlow.js can do is read from its files."""

from collections.abc import Callable
import json
import pathlib
import shutil
from typing import Any

import pytest

from exporter import errors
from exporter.audit import abilities
from exporter.audit import files
from tests import conversions_made


@pytest.fixture(name='folder')
def _folder(tmp_path) -> pathlib.Path:
  file = conversions_made.file(conversions_made.TINY, 'tfjs.float32')
  return pathlib.Path(shutil.copytree(file, tmp_path / 'float32'))


def _change(
  folder: pathlib.Path, change: Callable[[dict[str, Any]], object]
) -> None:
  path = folder / 'model.json'
  model = json.loads(path.read_text())
  change(model)
  path.write_text(json.dumps(model))


def _abilities(path: pathlib.Path) -> set[abilities.Ability]:
  return {use.ability for use in files.audit(path).uses}


def test_an_export_computes(folder):
  for path in (folder, folder / 'model.json'):
    assert _abilities(path) == {abilities.Ability.COMPUTES}
  assert files.audit(folder).what == 'a model of TensorFlow.js'


@pytest.mark.parametrize(
  ('change', 'expected'),
  [
    (
      lambda m: m['modelTopology']['node'].append({'name': 'x', 'op': 'Mine'}),
      abilities.Ability.UNKNOWN,
    ),
    (
      lambda m: m.update(
        modelInitializer={'node': [{'name': 'x', 'op': 'HashTableV2'}]}
      ),
      abilities.Ability.KEEPS_STATE,
    ),
    (
      lambda m: m['weightsManifest'][0]['paths'].append('../x.bin'),
      abilities.Ability.CONNECTS,
    ),
    (
      lambda m: m['weightsManifest'][0]['paths'].append('https://a.b/x.bin'),
      abilities.Ability.CONNECTS,
    ),
  ],
)
def test_what_else_it_does_is_found(folder, change, expected):
  _change(folder, change)
  assert _abilities(folder) == {abilities.Ability.COMPUTES, expected}


def test_layers_are_not_read(folder):
  _change(folder, lambda m: m.update(modelTopology={'model_config': {}}))
  with pytest.raises(errors.AuditError, match='no graph model'):
    files.audit(folder)


@pytest.mark.parametrize('text', ['x', '[' * 100_000])
def test_what_is_no_json_is_one_error(folder, text):
  (folder / 'model.json').write_text(text)
  with pytest.raises(errors.AuditError, match='cannot be audited'):
    files.audit(folder)
