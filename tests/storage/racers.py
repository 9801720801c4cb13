"""Threads that ask for one lock at the same time."""

import threading

from exporter import errors
from exporter.storage import lock
from exporter.storage import places

_RACERS = 8
ONE_GETS_IT = [False] * (_RACERS - 1) + [True]


def race(folder: places.Folder) -> list[bool]:
  """Whether each of some threads got the lock of a folder, sorted."""
  begin, end = threading.Barrier(_RACERS), threading.Barrier(_RACERS)
  outcomes: list[bool] = []

  def ask() -> None:
    begin.wait()
    try:
      with lock.hold(folder):
        outcomes.append(True)
        end.wait()
    except errors.ExportError:
      outcomes.append(False)
      end.wait()

  racers = [threading.Thread(target=ask) for _ in range(_RACERS)]
  for racer in racers:
    racer.start()
  for racer in racers:
    racer.join()
  return sorted(outcomes)
