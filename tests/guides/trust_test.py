"""What the guide to trust shows is what happens: all of it, in its order."""

import configparser
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from exporter.cli import entry
from tests import code_blocks
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/trust.md').read_text('utf-8')
_UNIT = 'Service', 'ExecStart'


@pytest.fixture(scope='module', name='folder')
def _folder(tmp_path_factory) -> pathlib.Path:
  """Where a shell can be started in which `slimhub` is this one."""
  folder = tmp_path_factory.mktemp('trust')
  (folder / 'bin').mkdir()
  for name, words in (('slimhub', '-m exporter'), ('python', '')):
    path = folder / 'bin' / name
    path.write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n')
    path.chmod(0o755)
  return folder


@pytest.fixture(scope='module', name='said')
def _said(folder) -> str:
  """What all commands of the guide print."""
  script = '\n'.join(code_blocks.find(_GUIDE, 'sh'))
  done = subprocess.run(
    ['bash', '-mec', script],
    cwd=folder,
    env={
      **os.environ,
      'PATH': f'{folder / "bin"}:{os.environ["PATH"]}',
      'PYTHONPATH': str(source_tree.ROOT),
      'SLIMHUB_HOME': str(folder / 'home'),
      'no_proxy': 'localhost',
    },
    stdout=subprocess.PIPE,
    stderr=subprocess.STDOUT,
    text=True,
    check=False,
    timeout=600,
  )
  assert done.returncode == 0, done.stdout[-3000:]
  return done.stdout


def test_each_command_says_what_the_guide_says(said):
  for words in (
    'It can do nothing else: no file, no connection, no other program.',
    'slimhub export google/imagenet/mobilenet_v1_025_128/feature_vector/5 '
    '--formats=tf2 --synthetic_weights --output_dir=DIR',
    'tensorflow pkg:pypi/tensorflow@',
    '--require_checksums takes no archive on trust',
    'refused\n',
    'signed ',
    'verified ',
    'signed: https://slsa.dev/provenance/v1\n',
    'slimhub_requests_total{method="GET",status="200"}',
    '"user": "alice"',
  ):
    assert words in said, said


@pytest.mark.usefixtures('said')
def test_the_download_is_a_model(folder):
  shutil.unpack_archive(folder / 'model.tar.gz', folder / 'unpacked')
  assert (folder / 'unpacked/saved_model.pb').is_file()
  lines = (folder / 'access.log').read_text().splitlines()
  logged = [json.loads(line) for line in lines if line.startswith('{')]
  named = _GUIDE.partition('for each request: ')[2].partition(' |')[0]
  assert set(logged[0]) == set(named.split(', '))


def test_the_service_starts_a_hub():
  unit = configparser.RawConfigParser(strict=False)
  unit.optionxform = str  # type: ignore[assignment,method-assign]
  (text,) = code_blocks.find(_GUIDE, 'ini')
  unit.read_string(text)
  command = re.sub(r'\$\{\w+\}', '/run', unit[_UNIT[0]][_UNIT[1]])
  program, *words = shlex.split(command)
  assert pathlib.Path(program).name == 'slimhub'
  args = entry.parse(['slimhub', *words])
  assert all((args.token_file, args.tls_key, args.metrics))


def test_the_container_starts_a_hub():
  (text,) = code_blocks.find(_GUIDE, 'dockerfile')
  words = json.loads(text.partition('ENTRYPOINT ')[2])
  args = entry.parse(words)
  assert all((args.token_file, args.tls_certificate, args.metrics))


def test_every_flag_of_the_table_is_one():
  args = entry.parse(['slimhub', 'serve', 'exports'])
  shown = re.findall(r'^\| `(--[^`]+)`', _GUIDE, re.MULTILINE)
  names = [name for each in shown for name in re.findall(r'--(\w+)', each)]
  assert len(names) == 6
  for name in names:
    assert hasattr(args, name), name
