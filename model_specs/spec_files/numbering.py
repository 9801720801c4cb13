"""Recognizes lines of labels that are numbered in a form that is not read."""

from collections.abc import Sequence
import re

# Forms of other programs: `0,daisy`, `0 daisy`, `daisy:0`.
_OTHERS = (
  re.compile(r'(?P<number>[0-9]{1,9})[,;\t ]\s*\S.*'),
  re.compile(r'.*\S\s*[:,;\t](?P<number>[0-9]{1,9})'),
)
_READ = re.compile(r'(?P<number>[0-9]{1,9}):.*')
_STARTS = (0, 1)  # What the first line may be called.


def _numbers(form: re.Pattern[str], lines: Sequence[str]) -> list[int | None]:
  """The number in each line; None where a line has another form."""
  matches = [form.fullmatch(line) for line in lines]
  return [int(match['number']) if match else None for match in matches]


def _count(numbers: Sequence[int | None], start: int) -> bool:
  """Whether all numbers that are there are those of their lines."""
  return all(
    number in (None, line) for line, number in enumerate(numbers, start=start)
  )


def unread(lines: Sequence[str]) -> str:
  """A line whose number would be taken for a part of the name.

  Args:
    lines: The lines of a file of labels that `N:NAME` is not the form of.

  Returns:
    The first such line; empty if there is none.
  """
  some = _numbers(_READ, lines)
  if any(number is not None for number in some):
    for start in _STARTS:
      if _count(some, start):
        return next(
          line
          for line, number in zip(lines, some, strict=True)
          if number is not None
        )
  for form in _OTHERS:
    numbers = _numbers(form, lines)
    known = sorted(number for number in numbers if number is not None)
    is_whole = len(known) == len(lines) > 1 and known[0] in _STARTS
    if is_whole and known == [*range(known[0], known[0] + len(known))]:
      return lines[0]
  return ''
