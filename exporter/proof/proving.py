"""Reload an artifact and compare all it offers with its source.

Every artifact's own graphs are run, each output once, against the source's.
What TensorFlow's loaders and functions make of those graphs takes seconds to
find out and depends on the program alone, not on sizes and values: that is
proven on the first artifact of each program that a batch meets.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib
import gc
import pathlib

from exporter import errors
from exporter import storage
from exporter.proof import agreement
from exporter.proof import comparison
from exporter.proof import program
from exporter.proof import reference as reference_lib
from exporter.proof import session
from exporter.proof import stranger
from exporter.proof import tf1_session
from exporter.proof import tf2_session
import model_specs


@contextlib.contextmanager
def _explain(handle: model_specs.Handle) -> Iterator[None]:
  """Turns whatever a broken artifact makes TensorFlow raise into one error."""
  try:
    yield
  except MemoryError:
    raise  # It says nothing of the artifact.
  except Exception as error:  # Loaders raise half of Python's.
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ProofError(
      f'{handle} cannot be loaded and called, so it is not delivered: '
      f'{type(error).__name__}: {reason}'
    ) from error


def raise_on_misses(
  handle: model_specs.Handle,
  comparisons: Iterable[comparison.Comparison],
  outcome: str = ', so it is not delivered',
) -> None:
  """Raises a ProofError that lists all that is beyond its tolerance."""
  misses = [line for c in comparisons for line in c.misses()]
  if misses:
    raise errors.ProofError(
      f'{handle} does not do what its source does{outcome}; '
      f'{len(misses)} comparisons miss:\n  ' + '\n  '.join(misses)
    )


def read_tf1(
  handle: model_specs.Handle, folder: pathlib.Path
) -> session.Reading:
  """A TF1 module in a session, from its files."""
  with _explain(handle):
    return tf1_session.SessionTf1(folder)


def read_tf2(
  handle: model_specs.Handle, folder: pathlib.Path
) -> session.Reading:
  """A TF2 SavedModel in a session, from its files."""
  with _explain(handle):
    return tf2_session.SessionTf2(folder)


# What TensorFlow's loaders made of each program, by its digest.
_programs: dict[str, tuple[storage.Check, ...]] = {}


def proven_programs() -> dict[str, tuple[storage.Check, ...]]:
  """The programs proven so far, for another process that proves."""
  return dict(_programs)


def learn_programs(proven: Mapping[str, tuple[storage.Check, ...]]) -> None:
  """Takes over what another process, with the same packages, has proven."""
  _programs.update(proven)


def _meet(
  handle: model_specs.Handle,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
) -> tuple[storage.Check, ...]:
  """Loads and calls an artifact as its users do."""
  agreed = agreement.Agreement(handle, reference)
  gc.collect()  # Of the session's graphs: a large network's take much memory.
  with _explain(handle):
    met = stranger.meet(folder, handle.version.format)
    agreed.compare_stranger(met)
  *others, gradients = agreed.of_stranger
  raise_on_misses(handle, agreed.of_stranger)
  # How close it comes is another figure for every artifact of the program.
  loaded = comparison.Comparison('through TensorFlow', 0.0)
  for compared in others:
    for what in compared.compared:
      loaded.measure(what, 0.0)
  return loaded.check(), gradients.check()


def prove(
  handle: model_specs.Handle,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
  read: Callable[[], session.Reading],
) -> tuple[storage.Check, ...]:
  """Compares everything an artifact offers with its source.

  Args:
    handle: What it is.
    folder: Where its files are.
    reference: What its source computes.
    read: Gives it in a session.

  Returns:
    What was compared, and how close it came.

  Raises:
    ProofError: Something differs; the message lists all that does.
  """
  agreed = agreement.Agreement(handle, reference)
  reading = read()
  with _explain(handle):
    agreed.compare(reading)
  del reading  # Its variables take as much memory as those of what follows.
  raise_on_misses(handle, agreed.of_session)
  digest = program.digest(folder)
  if digest not in _programs:
    _programs[digest] = _meet(handle, folder, reference)
  return (*(c.check() for c in agreed.of_session), *_programs[digest])
