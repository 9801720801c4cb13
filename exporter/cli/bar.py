"""A bar on a terminal that shows how far a command has come."""

import contextlib
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
  import tqdm


class Bar:
  """A bar, or nothing where nobody would see it."""

  _shown: 'tqdm.tqdm | None' = None

  def __init__(self, is_shown: bool, total: int, file: Any, **form: Any):
    """Draws the bar.

    Args:
      is_shown: Whether anybody sees it.
      total: How many steps there are.
      file: Where it is drawn.
      **form: How tqdm writes its figures.
    """
    if is_shown:
      # A twentieth of the time in which a command starts: only those who see a
      # bar wait for it.
      import tqdm

      self._shown = tqdm.tqdm(total=total, file=file, **form)

  def move(self, steps: int = 1) -> None:
    """Says that so many steps were made."""
    if self._shown is not None:
      self._shown.update(steps)

  def lengthen(self, steps: int) -> None:
    """Says that there are so many steps more."""
    if self._shown is not None:
      self._shown.total += steps

  def away(self) -> contextlib.AbstractContextManager[object]:
    """Takes the bar away for as long as something else is printed."""
    if self._shown is None:
      return contextlib.nullcontext()
    away: contextlib.AbstractContextManager[object] = (
      self._shown.external_write_mode()
    )
    return away

  def close(self) -> None:
    """Leaves the bar as it is now."""
    if self._shown is not None:
      self._shown.close()
