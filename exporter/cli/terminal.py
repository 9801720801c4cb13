"""Where everything that commands print passes on its way to a terminal.

Names come from files of others, and a terminal obeys what it is sent: a name
could clear it, or hide what stands before.
"""

from collections.abc import Iterator
import contextlib
import os
import sys
from typing import Any

from model_specs import outside


class Shown:
  r"""A stream that spells what a terminal would obey, as `\x1b`."""

  def __init__(self, stream: Any):
    # An encoding may lack a letter of a name; that is no reason to fail.
    if hasattr(stream, 'reconfigure'):
      stream.reconfigure(errors='backslashreplace')
    self.stream = stream

  def write(self, text: str) -> int:
    """Writes a text; returns how many characters of it."""
    self.stream.write(outside.shown(text))
    return len(text)

  def __getattr__(self, name: str) -> Any:
    return getattr(self.stream, name)

  def __eq__(self, other: object) -> bool:
    """Whether both print at one place; tqdm clears its bar for those."""
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
  """Lets all that is printed in the context be spelled where it must be."""
  ours = output, error = _shown(sys.stdout), _shown(sys.stderr)
  sys.stdout, sys.stderr = ours
  try:
    yield
  finally:
    # Where a command has replaced one, because nobody reads it, that stays.
    if sys.stdout is output:
      sys.stdout = output.stream
    if sys.stderr is error:
      sys.stderr = error.stream
