"""The result of each piece of work, and how errors become failed results.

An error that a user can act on ends only the piece of work it occurred in, so
that the rest of a batch goes on.
"""

from collections.abc import Callable
import dataclasses
import sys
import time
from typing import Final
from typing import Literal

from exporter import errors
from exporter import faults
import model_specs

Status = Literal[
  'exported',
  'failed',
  'fetched',
  'kept',
  'new',
  'packed',
  'published',
  'refused',
  'replaced',
  'seeded',
  'signed',
  'there',
  'verified',
]
EXPORTED: Final = 'exported'
FAILED: Final = 'failed'
FETCHED: Final = 'fetched'
KEPT: Final = 'kept'
PACKED: Final = 'packed'
PUBLISHED: Final = 'published'
REFUSED: Final = 'refused'
SEEDED: Final = 'seeded'
SIGNED: Final = 'signed'
VERIFIED: Final = 'verified'
# What a dry run foretells: an artifact would be made, made again, or kept.
NEW: Final = 'new'
REPLACED: Final = 'replaced'
THERE: Final = 'there'


@dataclasses.dataclass(frozen=True)
class Result:
  """What became of one handle, archive or URL."""

  name: str
  status: Status
  reason: str = ''  # Why it failed, or was kept or refused.
  bytes: int = 0
  seconds: float = 0.0
  # The type of the error that `raise_if_failed` raises.
  error: type[errors.SlimhubError] = dataclasses.field(
    default=errors.SlimhubError, compare=False, repr=False
  )

  def raise_if_failed(self) -> None:
    """Raises the error that a failed result stands for."""
    if self.status == FAILED:
      raise self.error(self.reason)


def _system_errors() -> tuple[type[Exception], ...]:
  """The types of the system's errors, also TensorFlow's if it is loaded."""
  tensorflow = sys.modules.get('tensorflow')
  return (OSError, tensorflow.errors.OpError) if tensorflow else (OSError,)


def _failed(name: str, error: BaseException) -> Result:
  """The result of work that an error of the system ended."""
  try:
    faults.check_machine(name, error)
  except errors.MachineError as told:
    return Result(name, FAILED, str(told), error=errors.MachineError)
  advice = faults.advice(error) if isinstance(error, OSError) else ''
  text = f'{name}: {faults.told(error)}; {advice or faults.LOOK}'
  return Result(name, FAILED, text)


def attempt(name: str, work: Callable[[], Result]) -> Result:
  """Does a piece of work and measures how long it takes.

  Args:
    name: What the work is about, for the failed result.
    work: Does the work.

  Returns:
    The result of the work, or a failed one if a SlimhubError, a SpecError or an
    error of the system ended it. Other exceptions are mistakes in the code and
    pass through.
  """
  start = time.monotonic()
  try:
    result = work()
  except errors.SlimhubError as error:
    result = Result(name, FAILED, str(error), error=type(error))
  except model_specs.SpecError as error:
    result = Result(name, FAILED, str(error))
  except _system_errors() as error:
    result = _failed(name, error)
  return dataclasses.replace(result, seconds=time.monotonic() - start)
