"""Proves an artifact: reloads it and compares all it offers with its source.

The graphs of every artifact are run in a session, and each output is compared
with the source's. To load an artifact through TensorFlow's own loaders takes
seconds, and what they make of its graphs depends only on its program, not on
sizes and values. So that is proven once for each program: see programs.py.
"""

from collections.abc import Callable
from collections.abc import Iterable
import gc
import pathlib

from exporter import artifacts
from exporter import errors
from exporter import storage
from exporter.proof import agreement
from exporter.proof import comparison
from exporter.proof import program
from exporter.proof import programs
from exporter.proof import reference as reference_lib
from exporter.proof import session
from exporter.proof import stranger
from exporter.proof import tf1_session
from exporter.proof import tf2_session
import model_specs

_CALLED = 'loaded and called'


def raise_on_misses(
  handle: model_specs.Handle,
  comparisons: Iterable[comparison.Comparison],
  outcome: str = ', so it is not delivered',
) -> None:
  """Raises a ProofError that lists every comparison beyond its tolerance.

  Args:
    handle: The artifact.
    comparisons: What was compared.
    outcome: Says in the message what follows from it.
  """
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
  with artifacts.explained(handle, _CALLED):
    artifacts.check_model(handle, folder)
    return tf1_session.SessionTf1(folder)


def read_tf2(
  handle: model_specs.Handle, folder: pathlib.Path
) -> session.Reading:
  """A TF2 SavedModel in a session, from its files."""
  with artifacts.explained(handle, _CALLED):
    artifacts.check_model(handle, folder)
    return tf2_session.SessionTf2(folder)


def _meet(
  handle: model_specs.Handle,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
) -> programs.Answer:
  """Loads and calls an artifact as its users do, with TensorFlow's loaders."""
  agreed = agreement.Agreement(handle, reference)
  gc.collect()  # Frees the session's graphs, which may take much memory.
  with artifacts.explained(handle, _CALLED):
    loaded_artifact = stranger.meet(folder, handle.version.format)
    agreed.compare_stranger(loaded_artifact)
  raise_on_misses(handle, agreed.of_stranger)
  # The answer holds for all artifacts of the program. They differ in how close
  # they come, so it says what was compared, and not by how much it differs.
  through, gradients = (
    sum(len(compared.compared) for compared in several)
    for several in (
      [c for c in agreed.of_stranger if c not in agreed.gradients],
      agreed.gradients,
    )
  )
  return programs.Answer(through, gradients)


def prove(
  handle: model_specs.Handle,
  folder: pathlib.Path,
  reference: reference_lib.Reference,
  read: Callable[[], session.Reading],
  *,
  afresh: bool = False,
) -> tuple[storage.Check, ...]:
  """Compares everything an artifact offers with its source.

  Args:
    handle: The artifact.
    folder: The folder of its files.
    reference: What its source computes.
    read: Opens the artifact in a session.
    afresh: Whether TensorFlow's loaders are asked for this very artifact,
      whatever is known of its program.

  Returns:
    What was compared, and how close the artifact came.

  Raises:
    ProofError: Something differs; the message lists everything that does.
  """
  agreed = agreement.Agreement(handle, reference)
  reading = read()
  with artifacts.explained(handle, _CALLED):
    agreed.compare(reading)
  del reading  # Frees its variables before others of the same size are loaded.
  raise_on_misses(handle, agreed.of_session)
  digest = program.digest(folder)
  answer = None if afresh else programs.find(digest)
  if answer is None:
    answer = _meet(handle, folder, reference)
    programs.remember(digest, answer)
  return (*(c.check() for c in agreed.of_session), *answer.checks())
