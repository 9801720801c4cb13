"""What the guide to trust shows is what happens: all of it, in its order."""

import configparser
import contextlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

import pytest
import requests

from exporter.cli import entry
from tests import code_blocks
from tests import object_storage
from tests import source_tree

_GUIDE = (source_tree.ROOT / 'docs/trust.md').read_text('utf-8')
_PORT = '8443'
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
  """What all commands of the guide print, with a port that is free here."""
  script = '\n'.join(code_blocks.find(_GUIDE, 'sh'))
  assert _PORT in script
  script = script.replace(_PORT, f'{object_storage.free_port()}')
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


def test_systemd_takes_the_service(tmp_path):
  program = shutil.which('systemd-analyze')
  if not program:
    pytest.skip('systemd-analyze is missing, which comes with systemd')
  (text,) = code_blocks.find(_GUIDE, 'ini')
  unit = tmp_path / 'slimhub.service'
  unit.write_text(text.replace('/opt/slimhub/bin/slimhub', sys.executable))

  def ask(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
      [program, *words, unit],
      stdout=subprocess.PIPE,
      stderr=subprocess.STDOUT,
      text=True,
      check=False,
    )

  verified = ask('verify')
  assert (verified.returncode, verified.stdout) == (0, '')
  exposed = ask('security', '--offline=true', '--threshold=25')
  assert exposed.returncode == 0, exposed.stdout


def _engine() -> str:
  """A program that builds and runs containers; a test is skipped without."""
  reasons = []
  for name in ('podman', 'docker'):
    program = shutil.which(name)
    if not program:
      reasons.append(f'{name} is missing')
      continue
    done = subprocess.run(
      [program, 'info'], capture_output=True, text=True, check=False
    )
    if not done.returncode:
      return program
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    reasons.append(f'{name} does not work: {lines[-1] if lines else "?"}')
  pytest.skip(f'no container can be run: {"; ".join(reasons)}')


def _check_image(engine: str, image: str) -> None:
  """Skips the test where an image cannot be fetched, or not be run."""
  ways = (['image', 'inspect', image], ['pull', image])
  if all(subprocess.run([engine, *w], check=False).returncode for w in ways):
    pytest.skip(f'{image} cannot be fetched, of which the container is made')
  tried = subprocess.run(
    [engine, 'run', '--rm', image, 'true'],
    capture_output=True,
    text=True,
    check=False,
  )
  if tried.returncode:
    pytest.skip(f'{engine} runs no container: {tried.stderr.strip()}')


def test_the_container_is_built_and_answers(folder, said):
  del said  # The exports, tokens and certificate that the guide made.
  engine = _engine()
  (text,) = code_blocks.find(_GUIDE, 'dockerfile')
  (folder / 'Dockerfile').write_text(text)
  image = text.partition('FROM ')[2].partition('\n')[0]
  _check_image(engine, image)
  source = shutil.copytree(
    source_tree.ROOT,
    folder / 'source',
    ignore=shutil.ignore_patterns('.venv', '.cache', '.git'),
  )
  build = [engine, 'build', '--tag=slimhub-of-a-test']
  if pathlib.Path(engine).name == 'podman':
    build.append('--format=docker')
  file = f'--file={folder}/Dockerfile'
  subprocess.run([*build, file, source], check=True)
  settings = folder / 'settings'
  settings.mkdir()
  for name in ('tokens', 'tls.pem', 'tls.key'):
    shutil.copy(folder / name, settings / name)
    (settings / name).chmod(0o644)  # It is another user's in there.
  (flags,) = re.findall(r'`(--read-only .*?)`', _GUIDE)
  publish = f'--publish=127.0.0.1::{_PORT}'
  run = ('run', '--detach', '--rm', *flags.split(), publish)
  mounts = (
    f'--volume={folder}/exports:/exports:ro',
    f'--volume={settings}:/etc/slimhub:ro',
  )

  def ask(*words: str) -> str:
    return subprocess.check_output([engine, *words], text=True).strip()

  container = ask(*run, *mounts, 'slimhub-of-a-test')
  try:
    port = ask('port', container, _PORT).rpartition(':')[2]
    url = f'https://127.0.0.1:{port}'
    certificate = f'{settings}/tls.pem'
    while True:
      ask('inspect', container)  # It is gone if the hub ended.
      with contextlib.suppress(requests.ConnectionError):
        requests.get(f'{url}/healthz', verify=certificate, timeout=60)
        break
    health = text.partition('HEALTHCHECK CMD ')[2].partition('\n')[0]
    ask('exec', container, *json.loads(health))
    assert 'ssl._create_unverified_context' in ask('inspect', container)
    token = (folder / 'token').read_text().strip()
    handle = 'google/imagenet/mobilenet_v1_025_128/feature_vector/5'
    answer = requests.get(
      f'{url}/{handle}.json',
      headers={'Authorization': f'Bearer {token}'},
      verify=certificate,
      timeout=60,
    )
    assert answer.json()['handle'] == handle
  finally:
    ask('stop', container)


def test_the_container_starts_a_hub():
  (text,) = code_blocks.find(_GUIDE, 'dockerfile')
  words = json.loads(text.partition('ENTRYPOINT ')[2])
  args = entry.parse(words)
  assert all((args.token_file, args.tls_certificate, args.metrics))


def test_every_flag_of_the_table_is_one():
  args = entry.parse(['slimhub', 'serve', 'exports'])
  shown = re.findall(r'^\| `(--[^`]+)`', _GUIDE, re.MULTILINE)
  names = [name for each in shown for name in re.findall(r'--(\w+)', each)]
  assert len(names) == 7
  for name in names:
    assert hasattr(args, name), name
