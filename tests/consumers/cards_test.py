"""Every code block of an exported card, run as its reader would."""

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


@pytest.mark.parametrize('handle', _HANDLES, ids=str)
def test_every_code_block_runs(handle, folder):
  card = places.place(folder / 'exports', handle).card.read_text()
  blocks = code_blocks.find(card, 'python')
  assert len(blocks) == card.count('```python')
  if handle.version.format == versions.TF1:
    code_blocks.run(environments.interpreter(environments.TF1), blocks, folder)
    return
  legacy = [block for block in blocks if _LEGACY_KERAS in block]
  current = [block for block in blocks if _LEGACY_KERAS not in block]
  assert legacy
  assert any('TFSMLayer' in block for block in current)
  code_blocks.run(sys.executable, legacy, folder)
  assert any('SlimLayer' in block for block in current)
  code_blocks.run(
    sys.executable, current, folder, PYTHONPATH=str(source_tree.ROOT)
  )
