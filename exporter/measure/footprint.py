"""How much memory a process takes that runs an export and does nothing else."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
import contextlib
import multiprocessing
from multiprocessing import connection
import pathlib
import sys

import numpy as np

from exporter import environment
import model_specs

_KILOBYTE = 1024
_SYSTEM = 'linux'  # No other system has /proc.

# Loads an artifact with its runtime alone, to run on so many threads.
Alone = Callable[
  [model_specs.Handle, pathlib.Path, int], Callable[[np.ndarray], np.ndarray]
]


def _peak_mb(process: str) -> float:
  """The most memory that a process had so far; 0 for one that has ended."""
  with contextlib.suppress(OSError):
    status = pathlib.Path('/proc', process, 'status').read_text()
    for line in status.splitlines():
      if line.startswith('VmHWM:'):
        return int(line.split()[1]) * _KILOBYTE / 1e6
  return 0


def _children() -> Iterator[str]:
  """The processes that this one has started, such as a Node with the model."""
  for thread in pathlib.Path('/proc/self/task').iterdir():
    with contextlib.suppress(OSError):  # Threads end meanwhile.
      yield from (thread / 'children').read_text().split()


def _run(
  pipe: connection.Connection,
  alone: Alone,
  handle: model_specs.Handle,
  artifact: pathlib.Path,
  batches: Sequence[int],
) -> None:
  """The work of the process: sends the peak after each size of batch."""
  run = alone(handle, artifact, environment.cores())
  sides = (handle.spec.size, handle.spec.size, handle.spec.family.channels)
  peaks = []
  for batch in batches:
    run(np.zeros([batch, *sides], np.float32))
    of_children = max(map(_peak_mb, _children()), default=0)
    peaks.append(round(of_children or _peak_mb('self'), 1))
  pipe.send(peaks)


def peaks_mb(
  handle: model_specs.Handle,
  artifact: pathlib.Path,
  alone: Alone,
  batches: Sequence[int],
) -> dict[int, float]:
  """Measures the memory of a process that runs nothing but one artifact.

  Args:
    handle: What it is.
    artifact: Where it is.
    alone: Loads it; a function that can be pickled.
    batches: The sizes of batch, from the smallest to the largest.

  Returns:
    Megabytes by size of batch; nothing on systems that do not tell.

  Raises:
    ChildProcessError: The process ended before it was done.
  """
  if sys.platform != _SYSTEM:
    return {}
  # TensorFlow does not survive a fork, and nothing of this process may count.
  context = multiprocessing.get_context('spawn')
  ours, theirs = context.Pipe(duplex=False)
  process = context.Process(
    target=_run, args=(theirs, alone, handle, artifact, batches), daemon=True
  )
  process.start()
  theirs.close()
  try:
    return dict(zip(batches, ours.recv(), strict=True))
  except EOFError as error:
    process.join()
    raise ChildProcessError(
      f'{handle}: its memory is not known, as the process that ran it ended '
      f'with {process.exitcode}'
    ) from error
  finally:
    ours.close()
    process.kill()  # It is done, or nobody waits for it any longer.
    process.join()
