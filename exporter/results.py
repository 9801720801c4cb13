"""What came of each piece of work, and the one place that turns errors into it.

A failure a user can act on ends that piece alone: a batch goes on.
"""

from collections.abc import Callable
import dataclasses
import re
import sys
import time
from typing import Final
from typing import Literal

from exporter import errors

Status = Literal[
  'exported',
  'failed',
  'fetched',
  'kept',
  'packed',
  'refused',
  'seeded',
  'verified',
]
EXPORTED: Final = 'exported'
FAILED: Final = 'failed'
FETCHED: Final = 'fetched'
KEPT: Final = 'kept'
PACKED: Final = 'packed'
REFUSED: Final = 'refused'
SEEDED: Final = 'seeded'
VERIFIED: Final = 'verified'

# What TensorFlow puts around the system's own message.
_NOISE = re.compile(r'\{\{.*?\}\} | \[Op:\w+\]')
_ADVICE = (
  'see that disk and memory have room and its folder is readable and '
  'writable, then run the command again'
)


@dataclasses.dataclass(frozen=True)
class Result:
  """What came of one thing: a handle, an archive or a URL."""

  name: str
  status: Status
  reason: str = ''  # Why it failed, or was kept or refused.
  bytes: int = 0
  seconds: float = 0.0
  # What a caller who wants no failure as a result may raise.
  error: type[errors.SlimhubError] = dataclasses.field(
    default=errors.SlimhubError, compare=False, repr=False
  )

  def raise_if_failed(self) -> None:
    """Raises the error that a failed result stands for."""
    if self.status == FAILED:
      raise self.error(self.reason)


def _system_errors() -> tuple[type[Exception], ...]:
  """The errors of the machine; TensorFlow's too, where it was imported."""
  tensorflow = sys.modules.get('tensorflow')
  return (OSError, tensorflow.errors.OpError) if tensorflow else (OSError,)


def attempt(name: str, work: Callable[[], Result]) -> Result:
  """Does the work; what a user can act on becomes a failed result."""
  start = time.monotonic()
  try:
    result = work()
  except errors.SlimhubError as error:
    result = Result(name, FAILED, str(error), error=type(error))
  except _system_errors() as error:
    cause = _NOISE.sub('', str(error))
    result = Result(name, FAILED, f'{name}: {cause}; {_ADVICE}')
  return dataclasses.replace(result, seconds=time.monotonic() - start)
