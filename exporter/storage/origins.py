"""Whether what lies together is of one model: its weights, and its spec."""

from collections.abc import Callable
from collections.abc import Mapping
import contextlib

from exporter import errors
from exporter.storage import manifest


def check_same_weights(
  described: manifest.Manifest, weights: manifest.Weights
) -> None:
  """Makes sure that a file and the SavedModel beside it have the same weights.

  Args:
    described: The manifest of the file.
    weights: Those of the SavedModel.

  Raises:
    ManifestError: They have others.
  """
  if described.weights.sha256 != weights.sha256:
    raise errors.ManifestError(
      f'{described.handle} has weights of hash {described.weights.sha256}, and '
      f'the SavedModel beside it {weights.sha256}; export both again, by one '
      'command with both in --formats'
    )


def differing_keys(
  one: Mapping[str, object], other: Mapping[str, object]
) -> list[str]:
  """The keys of spec files that have other values in one than in the other."""
  keys = sorted(one.keys() | other.keys())
  return [key for key in keys if one.get(key) != other.get(key)]


def is_same_model(one: manifest.Manifest, other: manifest.Manifest) -> bool:
  """Whether two artifacts have the same weights and the same spec file."""
  is_same = one.weights.sha256 == other.weights.sha256
  return is_same and one.model == other.model


def check_same_model(
  described: manifest.Manifest, beside: manifest.Manifest
) -> None:
  """Makes sure that a file is of the SavedModel beside it.

  Args:
    described: The manifest of the file.
    beside: That of the SavedModel.

  Raises:
    ManifestError: They have other weights, or were exported with other specs of
      an own model: its labels may be others, or its colours.
  """
  check_same_weights(described, beside.weights)
  if differing := differing_keys(described.model, beside.model):
    raise errors.ManifestError(
      f'{described.handle} was exported with another spec than the SavedModel '
      f'beside it ({", ".join(differing)}); export both again, by one command '
      'with both in --formats'
    )


def check_origin(
  described: manifest.Manifest, read: Callable[[str], manifest.Manifest | None]
) -> None:
  """Makes sure that a converted file is of the SavedModel beside it, if any.

  Args:
    described: The manifest of the file, or of an artifact that was not
      converted, which has no origin.
    read: Reads the manifest at a path, without its suffix; None if there is
      none.

  Raises:
    ManifestError: One of the two was exported again, of another model.
  """
  stem = manifest.origin_stem(described)
  if stem == described.handle:
    return
  beside = None
  # A manifest that cannot be used is told as that of the SavedModel.
  with contextlib.suppress(errors.ManifestError):
    beside = read(stem)
  if beside:
    check_same_model(described, beside)
