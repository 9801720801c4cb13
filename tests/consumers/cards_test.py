"""Every code block of an exported card, run as its reader would."""

import pathlib
import sys

import pytest

from exporter import results
from exporter.pipeline import export
from exporter.pipeline import orders
from exporter.storage import places
import model_specs
from model_specs import versions
from tests import code_blocks
from tests import source_tree
from tests.consumers import environments

_HANDLES = model_specs.find('mobilenet_v1_025_128')
_LEGACY_KERAS = 'TF_USE_LEGACY_KERAS'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory):
  folder = tmp_path_factory.mktemp('cards')
  order = orders.Order(
    orders.EXPORT, _HANDLES, folder / 'exports', weights='synthetic'
  )
  assert {r.status for r in export.run(order)} == {results.EXPORTED}
  return folder


def _blocks(folder: pathlib.Path, version_format: str) -> list[str]:
  """The code on the cards of a format; what fails in it shows its path."""
  all_blocks = []
  for handle in _HANDLES:
    if handle.version.format == version_format:
      card = places.place(folder / 'exports', handle).card.read_text()
      blocks = code_blocks.find(card, 'python')
      assert len(blocks) == card.count('```python') > 0, handle
      all_blocks += blocks
  return all_blocks


def test_every_code_block_of_a_module_runs(folder):
  python = environments.interpreter(environments.TF1)
  code_blocks.run(python, _blocks(folder, versions.TF1), folder)


@pytest.mark.parametrize('is_legacy', [False, True])
def test_every_code_block_of_a_saved_model_runs(is_legacy, folder):
  blocks = [
    block
    for block in _blocks(folder, versions.TF2)
    if (_LEGACY_KERAS in block) == is_legacy
  ]
  for layer in ['KerasLayer'] if is_legacy else ['TFSMLayer', 'SlimLayer']:
    assert sum(layer in block for block in blocks) >= 2  # One a handle.
  more = {} if is_legacy else {'PYTHONPATH': str(source_tree.ROOT)}
  code_blocks.run(sys.executable, blocks, folder, **more)
