"""What a person or a program sees while a batch runs, and at its end."""

import argparse
from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import json
import os
import sys
import time
from typing import TextIO

from exporter import faults
from exporter import results
from exporter.cli import bar
from exporter.cli import exits
from exporter.cli import tables
from exporter.cli import terminal

AUTO, BAR, JSON, NONE = FORMS = ('auto', 'bar', 'json', 'none')
# The name of the event for a result of each status; docs/batch.md lists them.
_EVENTS = {
  results.FETCHED: 'fetched',
  results.EXPORTED: 'proven',
  results.VERIFIED: 'proven',
  results.SIGNED: 'signed',
  results.PACKED: 'packed',
  results.PUBLISHED: 'published',
  results.SEEDED: 'seeded',
  results.KEPT: 'kept',
  results.REFUSED: 'refused',
  results.FAILED: 'failed',
}
_PLANNED = 'planned'  # The event for each result of a dry run.
# For these statuses, size and time are not shown.
_WITHOUT_FIGURES = (
  results.KEPT,
  results.REFUSED,
  results.FAILED,
  results.NEW,
  results.REPLACED,
  results.THERE,
)


def _line(result: results.Result) -> str:
  """The line that shows one result to a person."""
  facts = [f'{result.status:<9} {result.name}']
  if result.status not in _WITHOUT_FIGURES:
    facts += [f'{result.bytes / 1e6:.1f} MB', f'{result.seconds:.1f} s']
  if result.reason and result.status != results.FAILED:
    facts.append(result.reason)
  return '  '.join(facts)


def _event(name: str, **facts: object) -> str:
  return json.dumps({'event': name, **facts})


def _summary(shown: Sequence[results.Result], seconds: float) -> str:
  counts = Counter(result.status for result in shown)
  megabytes = {
    status: sum(r.bytes for r in shown if r.status == status) / 1e6
    for status in sorted(counts)
  }
  rows: list[tuple[str, str, str, str]] = [
    (status, str(counts[status]), f'{size:.1f}', '')
    for status, size in megabytes.items()
  ]
  total = f'{sum(megabytes.values()):.1f}'
  rows.append(('all', str(len(shown)), total, f'{seconds:.1f}'))
  return tables.table(('status', 'count', 'MB', 'seconds'), rows)


def _failures(shown: Iterable[results.Result]) -> str:
  """The names of what failed, and each reason once below those it is for."""
  by_reason: dict[str, list[str]] = {}
  for result in shown:
    if result.status == results.FAILED:
      by_reason.setdefault(result.reason, []).append(result.name)
  return '\n'.join(
    '\n'.join(f'failed: {name}' for name in names) + f'\n  {reason}'
    for reason, names in by_reason.items()
  )


def tell_left_out(left_out: Iterable[results.Result]) -> int:
  """Names on stderr what a command passed over; returns its exit code."""
  failures = _failures(left_out)
  if failures:
    sys.stderr.write(f'{failures}\n')
  return exits.FAILED if failures else exits.OK


def give_up_stdout() -> None:
  """Discards what is printed from now on, also at exit."""
  # It stays open until exit, so no context closes it.
  sys.stdout = open(os.devnull, 'w')  # noqa: PTH123, SIM115


class Progress:
  """Shows results as they come; the bar on stderr, the rest on stdout."""

  _counted = 'artifacts'  # What the first event calls the things to do.
  _named = 'handle'  # What an event calls the thing it is about.

  def __init__(self, form: str, total: int):
    if form == AUTO:
      form = BAR if sys.stderr.isatty() else NONE
    self._form = form
    self._out = sys.stdout  # Kept, even if a library replaces it.
    self._start = time.monotonic()
    self._total = total
    self._bar = self._make_bar(form == BAR)
    self._results: list[results.Result] = []
    self._lost: OSError | None = None  # Why standard output took no more.

  def _make_bar(self, is_shown: bool) -> bar.Bar:
    file = terminal.raw_error()
    return bar.Bar(is_shown, self._total, file, unit='artifact')

  def _advance(self) -> None:
    self._bar.move()

  def start(self) -> None:
    """Says how much there is to do, to a program that reads events."""
    if self._form == JSON:
      self._print(_event('started', **{self._counted: self._total}))

  def _event_of(self, result: results.Result) -> str:
    return _EVENTS[result.status]

  def _print(self, text: str) -> None:
    try:
      with self._bar.away():
        self._out.write(text + '\n')
        self._out.flush()
    except (OSError, AttributeError) as error:
      # Standard output is closed or full, or was never there. The work goes on,
      # as it matters more than what is shown of it.
      if isinstance(error, OSError) and not faults.is_hung_up(error):
        self._lost = error
      give_up_stdout()
      self._out = sys.stdout

  def add(self, result: results.Result) -> None:
    """Shows one result, and moves the bar."""
    self._results.append(result)
    if self._form == JSON:
      facts = dataclasses.asdict(result)
      name = facts.pop('name')
      del facts['error']  # A Python class; `reason` is its message.
      event = self._event_of(result)
      self._print(_event(event, **{self._named: name}, **facts))
    else:
      self._print(_line(result))
    self._advance()

  def finish(self) -> int:
    """Shows the reasons of what failed, and the summary.

    Returns:
      The exit code: FAILED if standard output did not take all of that. Whoever
      reads the file would take what it holds for all that there was to tell.
    """
    self._bar.close()
    self._summarize()
    if self._lost is None:
      return exits.OK
    advice = faults.of_machine(self._lost) or 'run the command again'
    sys.stderr.write(
      'slimhub: what was done could not all be told on standard output: '
      f'{self._lost}; the work itself went on; {advice}\n'
    )
    return exits.FAILED

  def break_off(self) -> None:
    """Ends what is shown of a run that an error ends, whose message follows.

    A program is told the end in any case, and a person if there were results.
    """
    if self._results or self._form == JSON:
      self.finish()
    else:
      self._bar.close()

  def _summarize(self) -> None:
    seconds = time.monotonic() - self._start
    if self._form == JSON:
      counts = Counter(str(result.status) for result in self._results)
      summary = _event('summary', **counts, seconds=round(seconds, 1))
      self._print(summary)
      return
    failures = _failures(self._results)
    if failures:
      sys.stderr.write(f'\n{failures}\n')
    self._conclude(seconds)

  def _conclude(self, seconds: float) -> None:
    """Ends what a person reads."""
    self._print(f'\n{_summary(self._results, seconds)}')


class Steps:
  """A bar on stderr that counts steps, for commands that print at their end."""

  def __init__(self, form: str, total: int, unit: str, error: TextIO):
    is_shown = form == BAR or (form == AUTO and error.isatty())
    shown = bar.Bar(is_shown, total, error, unit=unit)
    self.move = shown.move
    self.finish = shown.close


class Transfer(Progress):
  """Shows archives as they come; the bar counts their bytes."""

  _counted = 'archives'
  _named = 'model'

  def _make_bar(self, is_shown: bool) -> bar.Bar:
    file = terminal.raw_error()
    return bar.Bar(is_shown, 0, file, unit='B', unit_scale=True)

  def _advance(self) -> None:
    """Leaves the bar: `move` has counted the bytes already."""

  def move(self, size: int, expected: int) -> None:
    """Moves the bar by `size` bytes, and its end by `expected` more bytes."""
    self._bar.lengthen(expected)
    self._bar.move(size)


class Plan(Progress):
  """Shows what a dry run foretells: a line or an event for each, all alike."""

  def _event_of(self, result: results.Result) -> str:
    return _PLANNED

  def _conclude(self, seconds: float) -> None:
    """Leaves it at the lines: nothing was made or took time."""


def show(
  outcomes: Iterable[results.Result],
  total: int,
  args: argparse.Namespace,
  display: type[Progress] = Progress,
) -> int:
  """Shows results as they come; returns the exit code."""
  return follow(display(args.progress, total), outcomes)


def follow(shown: Progress, outcomes: Iterable[results.Result]) -> int:
  """Shows results as they come, to the end; returns the exit code."""
  code = exits.OK
  try:
    shown.start()
    for result in outcomes:
      shown.add(result)
      if result.status == results.FAILED:
        code = exits.FAILED
  except KeyboardInterrupt:
    code = exits.INTERRUPTED
  except BaseException:
    shown.break_off()
    raise
  return max(code, shown.finish())
