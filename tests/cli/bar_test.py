"""What a bar draws, and that a hidden one draws nothing."""

import io
import sys

from exporter.cli import bar


def _drawn(is_shown: bool) -> str:
  file = io.StringIO()
  drawn = bar.Bar(is_shown, 2, file, unit='step', mininterval=0)
  drawn.move()
  drawn.lengthen(2)
  with drawn.away():
    file.write('printed\n')
  drawn.move(3)
  drawn.close()
  return file.getvalue()


def test_each_step_moves_it_and_its_end_may_move_too():
  drawn = _drawn(is_shown=True)
  assert ' 1/2 ' in drawn
  assert ' 4/4 ' in drawn


def test_it_is_away_while_something_is_printed(monkeypatch):
  error = io.StringIO()
  monkeypatch.setattr(sys, 'stderr', error)
  drawn = bar.Bar(True, 1, error)
  with drawn.away():
    error.write('printed\n')
  drawn.close()
  drawings = error.getvalue().split('\r')[1:4]
  assert '0/1' in drawings[0]
  assert drawings[1].isspace()  # Over what was drawn.
  assert drawings[2] == 'printed\n'


def test_a_hidden_one_draws_nothing():
  assert _drawn(is_shown=False) == 'printed\n'
