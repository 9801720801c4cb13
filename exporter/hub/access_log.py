"""The access log as JSON, a line a request, for programs that collect logs."""

import datetime
import json
import select
import sys

from exporter.hub import watching

_SHORT = 100  # To which the texts of a line are cut that would be too long.


def _line(facts: dict[str, object]) -> str:
  return json.dumps(facts) + '\n'


def write(seen: watching.Seen) -> None:
  """Writes a line to standard output.

  What a client sent is escaped, so that no client can write a line of its own.
  """
  now = datetime.datetime.now(datetime.timezone.utc)
  facts = {
    'time': now.isoformat(timespec='milliseconds'),
    **vars(seen),
    'seconds': round(seen.seconds, 6),
  }
  line = _line(facts)
  if len(line) > select.PIPE_BUF:  # In a pipe, lines of processes would mix.
    line = _line(
      {
        key: value[:_SHORT] if isinstance(value, str) else value
        for key, value in facts.items()
      }
    )
  sys.stdout.write(line)
  sys.stdout.flush()
