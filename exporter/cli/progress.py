"""What a person or a program sees while a batch runs, and at its end."""

from collections import Counter
from collections.abc import Iterable
import dataclasses
import json
import os
import sys
import time
from typing import Any
from typing import Protocol
from typing import TextIO
from typing import cast

import tqdm

from exporter.cli import tables as listing
from exporter.pipeline import orders as plan

AUTO, BAR, JSON, NONE = FORMS = ('auto', 'bar', 'json', 'none')
# What an event is called; docs/batch.md promises these words.
_EVENTS = {
  plan.FETCHED: 'fetched',
  plan.EXPORTED: 'proven',
  plan.VERIFIED: 'proven',
  plan.PACKED: 'packed',
  plan.SEEDED: 'seeded',
  plan.KEPT: 'kept',
  plan.REFUSED: 'refused',
  plan.FAILED: 'failed',
}


_WITHOUT_FIGURES = (plan.KEPT, plan.REFUSED, plan.FAILED)


class Result(Protocol):
  """What came of one thing: plan.Result, or fetch.Result."""

  @property
  def name(self) -> str:
    """What a person reads."""

  @property
  def status(self) -> str:
    """One of the words of exporter/pipeline/orders.py."""

  @property
  def reason(self) -> str:
    """Why, where there is something to say."""

  @property
  def bytes(self) -> int:
    """How much was made."""

  @property
  def seconds(self) -> float:
    """How long it took."""


def _line(result: Result) -> str:
  """One result for a person."""
  facts = [f'{result.status:<9} {result.name}']
  if result.status not in _WITHOUT_FIGURES:
    facts += [f'{result.bytes / 1e6:.1f} MB', f'{result.seconds:.1f} s']
  if result.reason and result.status != plan.FAILED:
    facts.append(result.reason)
  return '  '.join(facts)


def _event(name: str, **facts: object) -> str:
  return json.dumps({'event': name, **facts})


def _summary(results: Iterable[Result], seconds: float) -> str:
  results = list(results)
  counts = Counter(result.status for result in results)
  rows = [
    (
      status,
      str(count),
      f'{sum(r.bytes for r in results if r.status == status) / 1e6:.1f}',
    )
    for status, count in sorted(counts.items())
  ]
  rows.append(('all', str(len(results)), f'{seconds:.1f} s'))
  return listing.table(('status', 'count', 'MB'), rows)


def _failures(results: Iterable[Result]) -> str:
  """Each reason once, with the names of what failed for it."""
  by_reason: dict[str, list[str]] = {}
  for result in results:
    if result.status == plan.FAILED:
      by_reason.setdefault(result.reason, []).append(result.name)
  return '\n'.join(
    '\n'.join(f'failed: {name}' for name in names) + f'\n  {reason}'
    for reason, names in by_reason.items()
  )


def give_up_stdout() -> None:
  """Lets what is written from now on go nowhere, also at exit."""
  sys.stdout = open(os.devnull, 'w')  # noqa: PTH123, SIM115  # Open to the end.


class Progress:
  """Shows results as they come; the bar on stderr, the rest on stdout."""

  _counted = 'artifacts'

  def __init__(self, form: str, total: int):
    if form == AUTO:
      form = BAR if sys.stderr.isatty() else NONE
    self._form = form
    self._out = sys.stdout  # Also while a library may print elsewhere.
    self._start = time.monotonic()
    self._total = total
    self._bar = self._make_bar(form != BAR)
    self._results: list[Result] = []

  def _make_bar(self, disable: bool) -> tqdm.tqdm:
    return tqdm.tqdm(total=self._total, disable=disable, unit='artifact')

  def _advance(self) -> None:
    self._bar.update()

  def start(self) -> None:
    """Says how much there is to do."""
    if self._form == JSON:
      self._print(_event('started', **{self._counted: self._total}))

  def _print(self, text: str) -> None:
    try:
      with self._bar.external_write_mode():
        self._out.write(text + '\n')
        self._out.flush()
    except (OSError, AttributeError):  # Closed, full, or never there.
      give_up_stdout()  # The exports matter more than who reads of them.
      self._out = sys.stdout

  def add(self, result: Result) -> None:
    """Shows one result."""
    self._results.append(result)
    if self._form == JSON:
      facts = dataclasses.asdict(cast('Any', result))
      self._print(_event(_EVENTS[result.status], **facts))
    else:
      self._print(_line(result))
    self._advance()

  def finish(self) -> None:
    """Shows the summary, and why what failed did."""
    self._bar.close()
    seconds = time.monotonic() - self._start
    if self._form == JSON:
      counts = Counter(result.status for result in self._results)
      summary = _event('summary', **counts, seconds=round(seconds, 1))
      self._print(summary)
      return
    failures = _failures(self._results)
    if failures:
      sys.stderr.write(f'\n{failures}\n')
    self._print(f'\n{_summary(self._results, seconds)}')


class Steps:
  """A bar on stderr that counts what one command does; nothing else."""

  def __init__(self, form: str, total: int, unit: str, error: TextIO):
    is_shown = form == BAR or (form == AUTO and error.isatty())
    self._bar = tqdm.tqdm(
      total=total, disable=not is_shown, unit=unit, file=error
    )
    self.move = self._bar.update
    self.finish = self._bar.close


class Transfer(Progress):
  """Shows archives as they come; the bar counts their bytes."""

  _counted = 'archives'

  def _make_bar(self, disable: bool) -> tqdm.tqdm:
    return tqdm.tqdm(total=0, disable=disable, unit='B', unit_scale=True)

  def _advance(self) -> None:
    """Its bytes were counted before."""

  def move(self, size: int, expected: int) -> None:
    """Moves the bar by some bytes, and by how many more are expected."""
    self._bar.total += expected
    self._bar.update(size)
