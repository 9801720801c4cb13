"""The page about checkpoints, and the README, show what can be typed."""

import re
import shlex

import pytest

from exporter.checkpoints import members
from exporter.cli import entry
import model_specs
from model_specs import formats
from tests import code_blocks
from tests import source_tree

_PAGE = (source_tree.ROOT / 'docs/getting_checkpoints.md').read_text('utf-8')
_README = (source_tree.ROOT / 'README.md').read_text('utf-8')
_COMMANDS = [
  line
  for text in (_PAGE, _README)
  for block in code_blocks.find(text, 'sh')
  for line in block.splitlines()
]


@pytest.mark.parametrize('command', _COMMANDS)
def test_every_command_can_be_typed(command):
  args = entry.parse(shlex.split(command))
  if 'patterns' in args:
    assert model_specs.find(*args.patterns)


def test_the_defaults_are_those_of_the_flags():
  shown = dict(re.findall(r'\| `--(\w+)=\w+` .* \| (\d+) \|', _PAGE))
  assert shown.keys() == {'timeout', 'retries', 'jobs'}
  args = entry.parse(['slimhub', 'fetch', 'a'])
  for name, value in shown.items():
    assert getattr(args, name) == float(value)


def test_the_limits_are_those_of_the_code():
  assert f'than {members.MAX_MEMBERS} members' in _PAGE
  assert f'than {members.MAX_BYTES // 2**30} GiB' in _PAGE


def test_the_way_to_8_bits_that_the_page_shows():
  section = _PAGE.partition('## Checkpoints for 8 bits')[2].partition('## ')[0]
  networks = re.findall(r'`(mobilenet_\w+_quant)`', section)
  assert {*networks} == {
    name
    for name, model in model_specs.NETWORKS.items()
    if model.family.is_quantized
  }
  words = re.findall(r'--formats=([\w.]+)', section)
  assert words
  assert {*words} <= {*formats.words()}
