"""Compares the test vectors of an artifact with what its network answers."""

import pathlib

from exporter import artifacts
from exporter import errors
from exporter import storage
from exporter.proof import comparison
from exporter.proof import proving
import model_specs
from model_specs import outside

TEST_VECTORS = 'test vectors'  # The name of the check.
_TOLERANCE = 1e-4  # In standard deviations, as for all other outputs.


def prove_vectors(
  handle: model_specs.Handle,
  folder: pathlib.Path,
  expected: artifacts.Vectors,
) -> storage.Check | None:
  """Compares the test vectors in an artifact, whose graphs are proven.

  Args:
    handle: The artifact.
    folder: The folder of its files.
    expected: The vectors of the network with the weights of the artifact.

  Returns:
    How near the vectors are to the expected ones; None if the artifact has no
    vectors, as those that an older slimhub made.

  Raises:
    ProofError: The vectors differ, or cannot be read.
  """
  path = folder / artifacts.VECTORS
  try:
    data = outside.read_file(path, artifacts.most_vectors_bytes(handle))
    found = artifacts.parse_vectors(handle, data)
  except FileNotFoundError:
    return None
  except (OSError, ValueError) as error:
    raise errors.ProofError(
      f'{handle}: {artifacts.VECTORS} cannot be read, expected pictures and '
      f'the outputs for them: {error}; export it again with --force'
    ) from error
  compared = comparison.Comparison(TEST_VECTORS, _TOLERANCE)
  if (found.pictures != expected.pictures).any():
    compared.miss('pictures', 'are others than those that slimhub draws')
  for name, wanted in expected.of(handle.task).items():
    compared.compare(name, found.outputs[name], wanted, float(wanted.std()))
  proving.raise_on_misses(handle, [compared])
  return compared.check()
