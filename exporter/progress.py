"""What a person or a program sees while a batch runs, and at its end."""

from collections import Counter
from collections.abc import Iterable
import dataclasses
import json
import os
import sys
import time

import tqdm

from exporter import listing
from exporter import plan

AUTO, BAR, JSON, NONE = FORMS = ('auto', 'bar', 'json', 'none')
# What an event is called; docs/batch.md promises these words.
_EVENTS = {
  plan.EXPORTED: 'proven',
  plan.VERIFIED: 'proven',
  plan.KEPT: 'kept',
  plan.REFUSED: 'refused',
  plan.FAILED: 'failed',
}


def _line(result: plan.Result) -> str:
  """One result for a person."""
  facts = [f'{result.status:<9} {result.handle}']
  if result.status in (plan.EXPORTED, plan.VERIFIED):
    facts += [f'{result.bytes / 1e6:.1f} MB', f'{result.seconds:.1f} s']
  if result.reason and result.status != plan.FAILED:
    facts.append(result.reason)
  return '  '.join(facts)


def _event(name: str, **facts: object) -> str:
  return json.dumps({'event': name, **facts})


def _summary(results: Iterable[plan.Result], seconds: float) -> str:
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


def _failures(results: Iterable[plan.Result]) -> str:
  """Each reason once, with the handles that failed for it."""
  by_reason: dict[str, list[str]] = {}
  for result in results:
    if result.status == plan.FAILED:
      by_reason.setdefault(result.reason, []).append(result.handle)
  return '\n'.join(
    '\n'.join(f'failed: {handle}' for handle in handles) + f'\n  {reason}'
    for reason, handles in by_reason.items()
  )


def give_up_stdout() -> None:
  """Lets what is written from now on go nowhere, also at exit."""
  sys.stdout = open(os.devnull, 'w')  # noqa: PTH123, SIM115  # Open to the end.


class Progress:
  """Shows results as they come; the bar on stderr, the rest on stdout."""

  def __init__(self, form: str, total: int):
    if form == AUTO:
      form = BAR if sys.stderr.isatty() else NONE
    self._form = form
    self._out = sys.stdout  # Also while a library may print elsewhere.
    self._start = time.monotonic()
    self._bar = tqdm.tqdm(total=total, disable=form != BAR, unit='artifact')
    self._results: list[plan.Result] = []

  def start(self) -> None:
    """Says how much there is to do."""
    if self._form == JSON:
      self._print(_event('started', artifacts=self._bar.total))

  def _print(self, text: str) -> None:
    try:
      with self._bar.external_write_mode():
        self._out.write(text + '\n')
        self._out.flush()
    except (OSError, AttributeError):  # Closed, full, or never there.
      give_up_stdout()  # The exports matter more than who reads of them.
      self._out = sys.stdout

  def add(self, result: plan.Result) -> None:
    """Shows one result."""
    self._results.append(result)
    if self._form == JSON:
      facts = dataclasses.asdict(result)
      self._print(_event(_EVENTS[result.status], **facts))
    else:
      self._print(_line(result))
    self._bar.update()

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
