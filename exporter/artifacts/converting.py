"""What all converters share: they get a frozen network and raise one error."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
import contextlib

import numpy as np

from exporter import errors
from exporter import faults
from exporter import memory
from exporter import networks
from exporter.artifacts import frozen
import model_specs

Run = Callable[[np.ndarray], np.ndarray]  # From images in [0, 1] to outputs.


@contextlib.contextmanager
def explained(
  handle: model_specs.Handle, what: str, advice: str = ''
) -> Iterator[None]:
  """Turns whatever a converter, a loader or a runtime raises into a ProofError.

  What is wrong with the machine, such as a full disk, is a MachineError.

  Args:
    handle: What is converted, loaded or run.
    what: The participle for the message, as in `converted`, `loaded and
      called`, `loaded from FOLDER`, `read` or `run`.
    advice: What to do about it, from the semicolon on.
  """
  try:
    yield
  except errors.SlimhubError:
    raise
  except Exception as error:  # Each library has error types of its own.
    faults.check_machine(handle, error)
    reason = next(iter(str(error).splitlines()), '')
    raise errors.ProofError(
      f'{handle} cannot be {what}: {type(error).__name__}: {reason}{advice}'
    ) from error


def convert(
  handle: model_specs.Handle,
  source: networks.Source,
  tensors: Mapping[str, np.ndarray],
  write: Callable[[frozen.Frozen], None],
) -> None:
  """Freezes a source with these weights and lets a converter write it.

  Args:
    handle: The converted file that is written.
    source: The inference network.
    tensors: The weights, by the names of variables.
    write: Converts the frozen network and writes the file.

  Raises:
    ProofError: The converter refuses the network.
  """
  network = frozen.freeze(source, handle, tensors)
  with explained(handle, 'converted'):
    write(network)
  memory.give_back()  # Other workers need it before the next conversion.
