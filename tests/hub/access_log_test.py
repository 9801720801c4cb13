"""A line of the log is JSON, whatever a client sends."""

import dataclasses
import json
import select

from exporter.hub import access_log
from exporter.hub import watching

_SEEN = watching.Seen(
  '127.0.0.1', 'alice', 'GET', '/a\n{"path": "/b"}', 200, 7, 0.1234567, '\x1b['
)


def test_each_request_is_one_line(capsys):
  access_log.write(_SEEN)
  access_log.write(_SEEN)
  lines = capsys.readouterr().out.splitlines()
  assert len(lines) == 2
  entry = json.loads(lines[0])
  assert entry.pop('time').endswith('+00:00')
  assert entry == {**vars(_SEEN), 'seconds': 0.123457}
  assert '\x1b' not in lines[0]


def test_a_line_is_short_enough_to_stay_whole_in_a_pipe(capsys):
  long = dataclasses.replace(_SEEN, path='/\U0001f600' * 3000, agent='é' * 9000)
  access_log.write(long)
  line = capsys.readouterr().out
  assert len(line) <= select.PIPE_BUF
  entry = json.loads(line)
  assert (entry['path'], entry['status']) == (long.path[:100], 200)
