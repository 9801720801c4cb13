"""The errors that slimhub raises on purpose, for the person who must act.

  SlimhubError
    CheckpointError    a checkpoint is missing, damaged or of another network
    FetchError         a published archive cannot be downloaded or verified
    PortabilityError   a graph would not load in every supported TensorFlow
    ProofError         an artifact does not compute what its network computes
    ManifestError      a manifest is unreadable, or its files differ from it
    ExportError        a result cannot be written to its destination
    OrderError         an order lacks something, or contradicts itself
    MachineError       this machine lacks memory, room on its disk or rights
    InterpreterError   another Python interpreter cannot load any artifact
    PackageError       an optional package is not installed
    PictureError       pictures to measure on are missing or unreadable
    HubError           exports cannot be served or packed as requested
    SiteError          the site cannot be built, or cannot be put in place
    AuditError         a model cannot be read to say what it can do
    SignatureError     a key is unusable, or a signature is of other files
    PublishError       exports cannot become the uploads that were asked for

Each message names the thing concerned, what was found, what was expected and
what to do next.
"""

from collections.abc import Sequence


class SlimhubError(Exception):
  """Base class of every error that a user can act on."""


class CheckpointError(SlimhubError):
  """A checkpoint is missing, damaged or of another network."""


class FetchError(SlimhubError):
  """A published archive cannot be downloaded or verified."""


class PortabilityError(SlimhubError):
  """A graph would not load in every supported TensorFlow."""


class ProofError(SlimhubError):
  """An artifact does not compute what its network computes."""


class ManifestError(SlimhubError):
  """A manifest is unreadable, or its files differ from it."""


class ExportError(SlimhubError):
  """A result cannot be written to its destination."""


class OrderError(SlimhubError):
  """An order lacks something, or contradicts itself."""


class MachineError(SlimhubError):
  """This machine lacks memory, room on its disk or rights."""


class InterpreterError(SlimhubError):
  """Another Python interpreter cannot load any artifact."""


class AuditError(SlimhubError):
  """A model cannot be read to say what it can do."""


class SignatureError(SlimhubError):
  """A key is unusable, or a signature is of other files or another key."""


class PackageError(SlimhubError):
  """An optional package is not installed."""


class PictureError(SlimhubError):
  """Pictures to measure on are missing or unreadable."""


class HubError(SlimhubError):
  """Exports cannot be served or packed as requested."""


class SiteError(SlimhubError):
  """The site cannot be built, or cannot be put in place."""


class PublishError(SlimhubError):
  """Exports cannot become the uploads that were asked for."""


def check_word(name: str, word: object, words: Sequence[str]) -> None:
  """Checks an argument that chooses by a word, as a command line does.

  Raises:
    OrderError: It is none of the words.
  """
  if word not in words:
    expected = ', '.join(map(repr, words))
    raise OrderError(f'{name}={word!r}, expected one of {expected}')
