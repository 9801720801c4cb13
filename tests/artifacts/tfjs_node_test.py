"""A model in Node: which Node is found, and what is said when it ends."""

import gc
import os
import pathlib
import stat
import subprocess
import sys
import time

import numpy as np
import pytest

from exporter import environment
from exporter import errors
from exporter.artifacts import tfjs_files
from exporter.artifacts import tfjs_node
from exporter.checkpoints import synthetic
from tests import conversions_made

_TINY = conversions_made.TINY
_WORD = 'tfjs.float32'
_HANDLE = conversions_made.conversion(_TINY, _WORD)


def _program(folder: pathlib.Path, text: str) -> pathlib.Path:
  path = folder / 'node'
  path.write_text(f'#!/bin/sh\n{text}\n')
  path.chmod(path.stat().st_mode | stat.S_IXUSR)
  return path


@pytest.fixture(name='on_path')
def _on_path(tmp_path, monkeypatch):
  """The only folder in which Node is searched."""
  monkeypatch.setattr(environment, 'program', lambda *_: None)
  monkeypatch.setenv('PATH', str(tmp_path))
  return tmp_path


def _files() -> tfjs_files.Files:
  return tfjs_files.read(_HANDLE, conversions_made.file(_TINY, _WORD))


@pytest.mark.parametrize('backend', [tfjs_node.WASM, tfjs_node.CPU])
def test_it_answers_as_often_as_it_is_asked(backend):
  process = tfjs_node.Process(_HANDLE, _files(), backend)
  images = synthetic.synthetic_images(3, 32, 32)
  expected = conversions_made.expected(_TINY, images)
  for count in (3, 1, 3):
    answers = process.run(images[:count])
    assert np.max(np.abs(answers - expected[:count])) < 1e-5


def test_it_ends_with_what_uses_it():
  process = tfjs_node.Process(_HANDLE, _files(), tfjs_node.CPU)
  run, number = process.run, process._process.pid
  del process
  gc.collect()
  os.kill(number, 0)  # It is there as long as it can be called.
  del run
  gc.collect()
  with pytest.raises(ProcessLookupError):
    os.kill(number, 0)


def test_the_node_of_the_environment_comes_before_that_of_path(
  tmp_path, monkeypatch
):
  own = _program(tmp_path, 'echo v24.0.0')
  monkeypatch.setattr(environment, 'program', lambda *_: str(own))
  assert tfjs_node.find_node() == str(own)


def test_that_of_path_is_enough(on_path):
  own = _program(on_path, 'echo v18.0.0')
  assert tfjs_node.find_node() == str(own)


def test_its_age_is_asked_once(on_path, tmp_path):
  _program(on_path, f'echo asked >> {tmp_path}/asked; echo v18.0.0')
  for _ in range(3):
    tfjs_node.find_node()
  assert (tmp_path / 'asked').read_text() == 'asked\n'


@pytest.mark.parametrize(
  ('text', 'complaint'),
  [
    ('', 'there is none'),
    ('echo v16.20.0', "'v16.20.0'"),
    ('echo no >&2; exit 1', "'no'"),
  ],
)
def test_a_missing_or_old_node_is_asked_for(on_path, text, complaint):
  if text:
    _program(on_path, text)
  with pytest.raises(errors.PackageError) as error:
    tfjs_node.find_node()
  message = str(error.value)
  assert complaint in message
  assert 'Node 18 or newer' in message
  assert "pip install 'slimhub[tfjs]'" in message


def test_what_node_says_when_it_fails_is_told():
  files = _files()
  files.topology['node'][-1]['op'] = 'Nonsense'
  process = tfjs_node.Process(_HANDLE, files, tfjs_node.CPU)
  with pytest.raises(errors.ProofError, match='Nonsense') as error:
    process.run(np.zeros([1, 32, 32, 3]))
  assert '\n' not in str(error.value)


def test_a_node_that_dies_is_one_error():
  process = tfjs_node.Process(_HANDLE, _files(), tfjs_node.CPU)
  process._process.kill()
  with pytest.raises(errors.ProofError, match='killed by signal 9'):
    process.run(np.zeros([1, 32, 32, 3]))


def test_a_node_that_hangs_is_stopped(on_path, monkeypatch):
  program = _program(on_path, 'exec sleep 100')
  monkeypatch.setenv('PATH', f'{on_path}:/bin:/usr/bin')
  monkeypatch.setattr(tfjs_node, 'find_node', lambda: str(program))
  monkeypatch.setattr(tfjs_node, '_PATIENCE_SECONDS', 1.0)
  start = time.monotonic()
  with pytest.raises(errors.ProofError, match='without an answer'):
    tfjs_node.Process(_HANDLE, _files(), tfjs_node.CPU)
  assert time.monotonic() - start < 60


def test_whoever_looks_for_node_does_without_tensorflow():
  code = (
    'import sys; from exporter import artifacts; print(artifacts.find_node()); '
    "sys.exit('tensorflow' in sys.modules)"
  )
  subprocess.run([sys.executable, '-c', code], check=True)
