"""Imports are read as Python would resolve them."""

import pytest

from tests import source_tree


def _file(tmp_path, text):
  path = tmp_path / 'module.py'
  path.write_text(text)
  return path


@pytest.mark.parametrize(
  ('text', 'internal', 'distributions'),
  [
    ('import model_specs', ['model_specs'], []),
    ('from model_specs import spec', ['model_specs.spec'], []),
    ('from model_specs import MODELS', ['model_specs'], []),
    ('from model_specs.spec import Handle', ['model_specs.spec'], []),
    ('import os.path\nfrom collections import abc', [], []),
    ('import tensorflow_hub as hub', [], ['tensorflow-hub']),
    ('def f():\n  from absl import app', [], ['absl-py']),
  ],
)
def test_imports(tmp_path, text, internal, distributions):
  path = _file(tmp_path, text)
  assert source_tree.internal(path) == internal
  assert source_tree.distributions(path) == distributions


def test_a_stub_names_modules_from_its_own_folder(tmp_path, monkeypatch):
  monkeypatch.setattr(source_tree, 'ROOT', tmp_path)
  path = tmp_path / 'model_specs' / '__init__.pyi'
  path.parent.mkdir()
  path.write_text('from . import spec as spec\nfrom .labels import A')
  assert set(source_tree.internal(path)) == {
    'model_specs.labels',
    'model_specs.spec',
  }


@pytest.mark.parametrize(
  ('text', 'named'),
  [
    (
      'run([python, "-m", "exporter", *argv])',
      ['exporter', 'exporter.__main__'],
    ),
    ('import_module("model_specs.labels")', ['model_specs.labels']),
    ('resources.files("exporter.site")', []),
    ('word = "exporter"', []),
  ],
)
def test_modules_named_in_strings(tmp_path, text, named):
  assert source_tree.named(_file(tmp_path, text)) == named


def test_unknown_import(tmp_path, monkeypatch):
  monkeypatch.setattr(source_tree, 'ROOT', tmp_path)
  path = _file(tmp_path, 'import no_such_package.part')
  with pytest.raises(source_tree.UnknownImportError) as raised:
    source_tree.distributions(path)
  assert 'module.py imports no_such_package' in str(raised.value)
  assert 'setup.py' in str(raised.value)
