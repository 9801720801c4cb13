"""The access log as JSON, a line a request, for programs that collect logs."""

import datetime
import json
import sys

from exporter.hub import watching


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
  sys.stdout.write(json.dumps(facts) + '\n')
  sys.stdout.flush()
