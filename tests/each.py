"""One test for a property of many cases; it names every case that lacks it.

A thousand handles as a thousand tests take longer to collect, to send to the
workers and to report than to check. `over` makes one test of them that checks
as many cases and says as much when it fails.
"""

from collections.abc import Callable
from collections.abc import Iterable
import functools
import inspect
from typing import Any


def _fault(error: Exception) -> str:
  """What a case did wrong, in one line: what the test says, and what failed."""
  message = ' '.join(str(error).splitlines()[:2])
  kind = type(error).__name__
  return message if isinstance(error, AssertionError) else f'{kind}: {message}'


def over(
  argument: str,
  cases: Iterable[Any],
  name: Callable[[Any], str] = str,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
  """Turns a test of one case into one test of all cases.

  Args:
    argument: The test's parameter that takes a case; the others stay fixtures.
    cases: What to check; all of it, whatever fails.
    name: How the message of a failure names a case.

  Returns:
    A decorator. What it makes raises an AssertionError with a line for each
    case at fault; its cause is the first one's own error.
  """
  checked = tuple(cases)

  def decorate(test: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(test)
    def test_all(**fixtures: Any) -> None:
      assert checked, f'{test.__name__} has no case to check'
      faults: list[tuple[str, Exception]] = []
      for case in checked:
        try:
          test(**{argument: case}, **fixtures)
        except Exception as error:  # noqa: BLE001 - whatever it is, a fault.
          faults.append((name(case), error))
      if faults:
        lines = [f'  {case}: {_fault(error)}' for case, error in faults]
        summary = f'{len(faults)} of {len(checked)} cases fail:'
        raise AssertionError('\n'.join([summary, *lines])) from faults[0][1]

    signature = inspect.signature(test)
    kept = [p for n, p in signature.parameters.items() if n != argument]
    assert len(kept) == len(signature.parameters) - 1, f'no {argument!r}'
    # From this pytest learns which fixtures the test takes.
    test_all.__signature__ = signature.replace(  # type: ignore[attr-defined]
      parameters=kept
    )
    return test_all

  return decorate
