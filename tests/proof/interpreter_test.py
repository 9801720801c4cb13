"""That an artifact is met in another interpreter as in this one."""

import sys

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import synthetic
from exporter.proof import agreement
from exporter.proof import interpreter
from exporter.proof import stranger
from tests import artifacts_made as artifacts
from tests import corruptions as broken

TINY = artifacts.TINY
_NUMBERS = pytest.mark.parametrize('number', [3, 5])


def _ask(python, name, where, folder=None):
  handle = artifacts.handle(name)
  where.mkdir()
  client = interpreter.Interpreter(str(python), where)
  reference = artifacts.reference(handle.spec.name)
  client.ask(handle, folder or artifacts.folder(name), reference)
  return client


@_NUMBERS
def test_it_answers_what_a_stranger_here_does(number, tmp_path):
  name = f'{TINY}/feature_vector/{number}'
  handle = artifacts.handle(name)
  client = _ask(sys.executable, name, tmp_path / 'it')
  met = stranger.meet(artifacts.folder(name), handle.version.format)
  assert client.names() == met.names()
  assert client.losses() == met.losses()
  images = artifacts.reference(TINY).default_size.images
  assert client.missing_gradients(images) == []
  for call, other in zip(client.infer(images), met.infer(images), strict=True):
    assert call[:2] == other[:2]
    for key, value in other.outputs.items():
      np.testing.assert_allclose(call.outputs[key], value, atol=1e-5)
  for call in client.train(images, agreement.MOMENTUM):
    assert call.moving


@_NUMBERS
def test_a_broken_artifact_does_not_agree(number, tmp_path):
  name = f'{TINY}/feature_vector/{number}'
  folder = artifacts.copy(name, tmp_path / 'copy')
  broken.weights(broken.perturb)(folder)
  with artifacts.edit(folder) as model:
    broken.stop_gradient(model)
  client = _ask(sys.executable, name, tmp_path / 'it', folder)
  agreed = agreement.Agreement(
    artifacts.handle(name), artifacts.reference(TINY), interpreter.LENIENCY
  )
  agreed.compare_stranger(client)
  misses = '\n'.join(m for c in agreed.of_stranger for m in c.misses())
  assert f'variables: {broken.KERNEL} differs by 0.001' in misses
  assert f'gradients: {broken.KERNEL} gets no finite gradient' in misses


def test_what_cannot_be_loaded_says_why(tmp_path):
  name = f'{TINY}/feature_vector/5'
  folder = artifacts.copy(name, tmp_path / 'copy')
  (folder / 'variables' / 'variables.index').unlink()
  with pytest.raises(errors.ProofError, match='cannot be loaded and called by'):
    _ask(sys.executable, name, tmp_path / 'it', folder)


def _program(path, text):
  path.write_text(f'#!/bin/sh\n{text}\n')
  path.chmod(0o755)
  return path


@pytest.mark.parametrize(
  ('text', 'reason'),
  [
    (f'exec {sys.executable} -S "$@"', "No module named 'numpy'"),
    ('echo "SyntaxError: invalid syntax" >&2; exit 1', 'SyntaxError'),
  ],
)
def test_an_interpreter_without_tensorflow_is_no_client(
  text, reason, tmp_path, monkeypatch
):
  monkeypatch.delenv('PYTHONPATH', raising=False)
  python = _program(tmp_path / 'python', text)
  with pytest.raises(errors.InterpreterError, match=reason) as caught:
    _ask(python, f'{TINY}/feature_vector/5', tmp_path / 'it')
  assert 'has TensorFlow 1.15 or newer' in str(caught.value)


def test_what_is_no_program_is_no_client(tmp_path):
  with pytest.raises(errors.InterpreterError, match='No such file'):
    _ask(tmp_path / 'no', f'{TINY}/feature_vector/5', tmp_path / 'it')


def test_an_interpreter_that_dies_says_how(tmp_path):
  python = _program(tmp_path / 'python', 'exit 3')
  with pytest.raises(errors.ProofError, match='exit code 3'):
    _ask(python, f'{TINY}/feature_vector/5', tmp_path / 'it')


def test_images_of_an_example_are_known_by_their_shape(tmp_path):
  name = f'{TINY}/feature_vector/5'
  client = _ask(sys.executable, name, tmp_path / 'it')
  with pytest.raises(KeyError):
    client.infer(synthetic.synthetic_images(1, 7, 7))


def test_a_program_that_does_nothing_is_no_client(tmp_path):
  with pytest.raises(errors.InterpreterError, match='without an answer'):
    _ask('/bin/true', f'{TINY}/feature_vector/5', tmp_path / 'it')


def test_an_interpreter_that_hangs_is_stopped(tmp_path, monkeypatch):
  monkeypatch.setattr(interpreter, '_PATIENCE_SECONDS', 0.1)
  python = _program(tmp_path / 'python', 'exec sleep 600')
  with pytest.raises(errors.InterpreterError, match='see that it starts'):
    _ask(python, f'{TINY}/feature_vector/5', tmp_path / 'it')
