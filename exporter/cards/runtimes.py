"""Which runtimes of others were seen to run converted files.

`make runtimes` writes runtimes.tsv. All that cards say of such runtimes comes
from it. Those that prove a file when it is made are not among them.
"""

from collections.abc import Iterable
import dataclasses

from exporter import markdown
from exporter.cards import recorded
import model_specs
from model_specs import kinds

OK = 'ok'  # The same numbers.
NEAR = 'near'  # It rounds otherwise than the runtime that proved the file.
REFUSED = 'refused'
_TITLE = 'Runtimes of converted files'
_IN_COLOUR = ('MediaPipe',)  # They refuse images of one channel.


@dataclasses.dataclass(frozen=True)
class Trial:
  """What came of one kind of file in one runtime."""

  runtime: str
  package: str
  version: str
  place: str  # What the runtime runs in.
  word: str  # The kind of file, as `--formats` spells it.
  result: str  # OK, NEAR, or REFUSED, a colon and the reason.

  def __post_init__(self) -> None:
    if self.kind not in (OK, NEAR, REFUSED):
      raise recorded.RecordedError(
        f'{self.runtime}, {self.word}: the result is {self.result!r}, expected '
        f'{OK!r}, {NEAR!r}, or {REFUSED!r} and a reason'
      )

  @property
  def kind(self) -> str:
    """OK, NEAR or REFUSED, without the reason."""
    return self.result.partition(':')[0]

  @property
  def title(self) -> str:
    """The runtime, with its version and where it runs."""
    return f'{self.runtime} {self.version} in {self.place}'


TABLE = recorded.Table('runtimes.tsv', Trial)


def _files(trials: Iterable[Trial]) -> str:
  """The kinds of files of some rows."""
  return ', '.join(f'`{trial.word}`' for trial in trials)


def _row(trials: list[Trial]) -> tuple[str, ...]:
  """What came of all files in one runtime."""
  first = trials[0]
  cells = (
    _files(trial for trial in trials if trial.kind == kind)
    for kind in (OK, NEAR, REFUSED)
  )
  package = f'`{first.package}` {first.version}'
  return (first.runtime, package, first.place, *cells)


def section(trials: Iterable[Trial] | None = None) -> str:
  """The section on runtimes; by default, of the committed rows."""
  of_runtime: dict[tuple[str, str], list[Trial]] = {}
  for trial in TABLE.committed if trials is None else trials:
    of_runtime.setdefault((trial.runtime, trial.place), []).append(trial)
  rows = map(_row, of_runtime.values())
  header = ('Runtime', 'Package', 'In', 'Same numbers', 'As near', 'Refused')
  return markdown.section(
    _TITLE,
    markdown.paragraph(
      'Unmodified packages, each given the files that it claims to read, of a '
      'classifier and of a feature vector. *Same numbers*: as the original '
      'network for files of float32, and for others as the runtime that they '
      'were proven with, within a thousandth of the spread of the outputs. '
      '*As near*: it rounds in other places, and comes as near to the original '
      'network.'
    ),
    markdown.table(header, rows),
  )


def seen(
  conversion: model_specs.Handle, trials: Iterable[Trial] | None = None
) -> tuple[str, ...]:
  """Says in which other runtimes such a file works, as blocks of Markdown."""
  is_grey = conversion.spec.family.channels == 1
  titles = [
    trial.title
    for trial in (TABLE.committed if trials is None else trials)
    if kinds.get(trial.word) == conversion.kind
    and trial.kind != REFUSED
    and not (is_grey and trial.runtime in _IN_COLOUR)
  ]
  if not titles:
    return ()
  text = (
    f'Such files were seen to run in other runtimes, too: {"; ".join(titles)}.'
  )
  if is_grey and conversion.kind.group == kinds.LITERT:
    text += f' {" and ".join(_IN_COLOUR)} takes pictures in colour alone.'
  return (markdown.paragraph(text),)
