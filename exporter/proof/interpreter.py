"""Loads and calls an artifact in the Python environment of a client."""

from collections.abc import Iterator
import json
import pathlib
import shutil
import subprocess
from typing import Any

import numpy as np

from exporter import errors
from exporter.proof import agreement
from exporter.proof import reference as reference_lib
from exporter.proof import stranger
import model_specs

# Another TensorFlow, or another build of it, adds floats in another order.
LENIENCY = 10.0
# The largest network takes some minutes; what takes an hour hangs.
_PATIENCE_SECONDS = 60 * 60.0


def _run(python: str, folder: pathlib.Path) -> str:
  """Runs stranger.py in another interpreter.

  Returns:
    Why it failed; empty if it did not.

  Raises:
    InterpreterError: No artifact can be loaded with this interpreter.
  """
  # Python adds the folder of a script to its path. A copy in another folder
  # keeps slimhub's own modules from being imported there.
  script = shutil.copy(stranger.__file__, folder)
  try:
    done = subprocess.run(
      [python, script, str(folder)],
      stdin=subprocess.DEVNULL,
      capture_output=True,
      text=True,
      errors='replace',
      check=False,
      timeout=_PATIENCE_SECONDS,
    )
  except subprocess.TimeoutExpired as error:
    raise errors.InterpreterError(
      f'{python} did not answer within {_PATIENCE_SECONDS / 60:.0f} minutes, '
      'and was stopped; see that it starts and loads TensorFlow: '
      f"{python} -c 'import tensorflow'"
    ) from error
  except OSError as error:
    raise errors.InterpreterError(
      f'{python} cannot be run: {error.strerror}; --client names a Python '
      'interpreter that has TensorFlow 1.15 or newer'
    ) from error
  if done.returncode == 0:
    return ''
  *_, reason = done.stderr.strip().splitlines() or ['']
  if reason.startswith(('ModuleNotFoundError', 'ImportError', 'SyntaxError')):
    raise errors.InterpreterError(
      f'{python} cannot load any artifact: {reason}; --client names a Python '
      'interpreter, 3.7 or newer, that has TensorFlow 1.15 or newer'
    )
  return reason or f'exit code {done.returncode}'


class Interpreter:
  """An artifact in another interpreter.

  `ask` has it do everything in one run; the other methods then return what was
  answered.
  """

  def __init__(self, python: str, folder: pathlib.Path):
    """Prepares; `ask` runs the interpreter.

    Args:
      python: The command or path of the interpreter.
      folder: An empty folder for the request and the answers.
    """
    self._python = python
    self._folder = folder
    self._examples: dict[tuple[int, ...], str] = {}
    self._answer: dict[str, Any] = {}

  def ask(
    self,
    handle: model_specs.Handle,
    artifact: pathlib.Path,
    reference: reference_lib.Reference,
  ) -> None:
    """Loads and calls an artifact in the interpreter.

    Raises:
      InterpreterError: The interpreter cannot load any artifact.
      ProofError: It cannot load and call this one.
    """
    images = [example.images for example in reference.examples(handle)]
    examples = [f'images_{number}' for number in range(len(images))]
    self._examples = {
      array.shape: name for name, array in zip(examples, images, strict=True)
    }
    named = dict(zip(examples, images, strict=True))
    if reference.training:
      named[stranger.TRAINING] = reference.training.images
    for name, array in named.items():
      np.save(self._folder / f'{name}.npy', array)
    request = {
      'artifact': str(artifact.resolve()),
      'format': handle.version.format,
      'examples': list(named),
      'momentum': agreement.MOMENTUM,
    }
    (self._folder / stranger.REQUEST).write_text(json.dumps(request))
    reason = _run(self._python, self._folder)
    if reason:
      raise errors.ProofError(
        f'{handle} cannot be loaded and called by {self._python}: {reason}'
      )
    answer = self._folder / stranger.ANSWER
    if not answer.exists():
      raise errors.InterpreterError(
        f'{self._python} ended without an answer; --client names a Python '
        'interpreter that has TensorFlow 1.15 or newer'
      )
    self._answer = json.loads(answer.read_text())

  @property
  def tensorflow(self) -> str:
    """The version of TensorFlow in the interpreter."""
    return self._answer['tensorflow']

  def _arrays(self, name: str) -> dict[str, np.ndarray]:
    with np.load(self._folder / f'{name}.npz') as arrays:
      return dict(arrays)

  def _calls(self, example: str) -> Iterator[stranger.Call]:
    for answered in self._answer['calls'][example]:
      name, returns, momentum = answered['call']
      outputs = self._arrays(f'{answered["number"]}_outputs')
      moving = self._arrays(f'{answered["number"]}_moving')
      yield stranger.Call(name, returns, outputs, momentum, moving)

  def variables(self) -> dict[str, np.ndarray]:
    """Every variable's value, by its TF-Slim name."""
    return self._arrays('variables')

  def names(self) -> stranger.Names:
    """The names of variables and signatures that the artifact lists."""
    return stranger.Names(**self._answer['names'])

  def infer(self, images: np.ndarray) -> Iterator[stranger.Call]:
    """What every call that infers returned for the images of an example."""
    return self._calls(self._examples[images.shape])

  def train(
    self, images: np.ndarray, momentum: float
  ) -> Iterator[stranger.Call]:
    """What every call that trains returned for the training images."""
    del images, momentum  # They were in the request.
    return self._calls(stranger.TRAINING)

  def losses(self) -> float:
    """The sum of the regularization losses."""
    return self._answer['losses']

  def missing_gradients(self, images: np.ndarray) -> list[str]:
    """Trainable variables that no finite gradient reached."""
    del images  # They were in the request.
    return self._answer['missing gradients']
