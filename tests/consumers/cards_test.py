"""Every code block of an exported card, run as its reader would."""

import pathlib
import re
import subprocess
import sys

import pytest

from exporter import export
from exporter import plan
import model_specs
from model_specs import versions
from tests.consumers import environments

_HANDLES = model_specs.find('mobilenet_v1_025_128')
_BLOCK = re.compile(r'^```python\n(.*?)^```', re.DOTALL | re.MULTILINE)
_LEGACY_KERAS = 'TF_USE_LEGACY_KERAS'
# Blocks that go together share a process, as TensorFlow is slow to import.
_RUN = 'import sys\nfor block in sys.argv[1:]: exec(block, {})'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('cards')
  order = plan.Order(plan.EXPORT, _HANDLES, folder / 'exports')
  assert {r.status for r in export.run(order)} == {plan.EXPORTED}
  return folder


def _run(python: object, blocks: list[str], folder: pathlib.Path) -> None:
  done = subprocess.run(
    [str(python), '-c', _RUN, *blocks],
    cwd=folder,
    env=environments.variables(),
    capture_output=True,
    text=True,
    check=False,
  )
  assert done.returncode == 0, done.stderr[-4000:]


@pytest.mark.parametrize('handle', _HANDLES, ids=str)
def test_every_code_block_runs(handle, folder):
  card = plan.place(folder / 'exports', handle).card
  blocks = _BLOCK.findall(card.read_text())
  assert len(blocks) == card.read_text().count('```python')
  if handle.version.format == versions.TF1:
    _run(environments.interpreter(environments.TF1), blocks, folder)
    return
  legacy = [block for block in blocks if _LEGACY_KERAS in block]
  current = [block for block in blocks if _LEGACY_KERAS not in block]
  assert legacy
  assert any('TFSMLayer' in block for block in current)
  _run(sys.executable, legacy, folder)
  _run(sys.executable, current, folder)
