"""Where everything that commands print passes on its way to a terminal.

Names come from files of others, and a terminal obeys control characters. So a
name could clear the screen, or hide what was printed before it.
"""

from collections.abc import Iterator
import contextlib
import os
import sys
from typing import Any

from model_specs import outside


class Shown:
  r"""A stream that spells out control characters, such as `\x1b`."""

  def __init__(self, stream: Any):
    # An encoding may lack a letter of a name; that is no reason to fail.
    if hasattr(stream, 'reconfigure'):
      stream.reconfigure(errors='backslashreplace')
    self.stream = stream

  def write(self, text: str) -> int:
    """Writes a text; returns how many characters it has."""
    self.stream.write(outside.shown(text))
    return len(text)

  def __getattr__(self, name: str) -> Any:
    return getattr(self.stream, name)

  def __eq__(self, other: object) -> bool:
    """Whether both print to one place, for which tqdm clears its bar."""
    return other is self or other is self.stream

  def __hash__(self) -> int:
    return hash(self.stream)


def raw_error() -> Any:
  """Standard error for what moves the cursor itself: a bar of progress."""
  return getattr(sys.stderr, 'stream', sys.stderr)


def _shown(stream: Any) -> Shown:
  if stream is None:  # The shell has closed it.
    stream = open(os.devnull, 'w')  # noqa: PTH123, SIM115  # Until the end.
  return Shown(stream)


@contextlib.contextmanager
def shown() -> Iterator[None]:
  """Spells out control characters in all that is printed in the context."""
  ours = output, error = _shown(sys.stdout), _shown(sys.stderr)
  sys.stdout, sys.stderr = ours
  try:
    yield
  finally:
    # A stream that a command has replaced, as nobody reads it, stays replaced.
    if sys.stdout is output:
      sys.stdout = output.stream
    if sys.stderr is error:
      sys.stderr = error.stream
