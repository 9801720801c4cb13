"""TensorFlow's eager execution, also where the program around has left it.

Code of TF-Slim's days turns it off, or calls everything while it builds a
graph. What is read and written on the way would become operations of that
graph, which nobody runs.
"""

from collections.abc import Generator
from collections.abc import Iterator
import contextlib
from typing import TypeVar

_Item = TypeVar('_Item')


@contextlib.contextmanager
def eagerly() -> Iterator[None]:
  """Whatever is computed in the context is computed at once."""
  from tensorflow.python.eager import context

  with context.eager_mode():
    yield


def each(items: Iterator[_Item]) -> Generator[_Item, None, None]:
  """Passes items on.

  Eager execution is on while an item is computed, and as it was before while
  the caller has it.
  """
  end = object()
  while True:
    with eagerly():
      item = next(items, end)
    if item is end:
      return
    yield item  # type: ignore[misc]
