"""Silences what libraries log, for commands that print a report."""

from collections.abc import Iterator
import contextlib
import os
import subprocess
import sys
from typing import TextIO

_DONE = b'\0'
# Reads what is logged, and prints the end of it unless it ends in `_DONE`. It
# is a process of its own, as TensorFlow's native code may abort this one.
_WATCHER = """
import os
kept = b''
while more := os.read(0, 65536):
  kept = (kept + more)[-4000:]
if not kept.endswith(b'\\0'):
  os.write(2, kept)
"""


@contextlib.contextmanager
def hushed() -> Iterator[TextIO]:
  """Keeps what is written to standard error back; yields the real one.

  The file descriptor is replaced, not `sys.stderr`, because the native code of
  TensorFlow logs, too. If this process dies before the context closes, the end
  of what was kept back is printed after all: it says why.
  """
  kept = os.dup(2)
  watcher = subprocess.Popen(
    [sys.executable, '-I', '-S', '-c', _WATCHER],
    stdin=subprocess.PIPE,
    stdout=subprocess.DEVNULL,
    stderr=kept,
    start_new_session=True,  # Ctrl-C is for this process alone.
  )
  assert watcher.stdin is not None
  os.dup2(watcher.stdin.fileno(), 2)
  try:
    with os.fdopen(os.dup(kept), 'w') as error:
      yield error
  finally:
    sys.stderr.flush()
    os.dup2(kept, 2)
    os.close(kept)
    watcher.stdin.write(_DONE)
    watcher.stdin.close()
