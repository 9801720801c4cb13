"""What can go wrong, for the person who must act.

  SlimhubError
    CheckpointError    the checkpoint is missing, damaged or another network's
    FetchError         a published archive cannot be had, or is another one
    PortabilityError   a graph would not load in every promised TensorFlow
    ProofError         an artifact does not do what its source does
    ManifestError      a manifest is unreadable, or files differ from it
    ExportError        an artifact cannot be delivered to its destination
    OrderError         an order lacks something, or contradicts itself
    InterpreterError   another Python cannot meet any artifact
    PackageError       an optional package is not installed
    PictureError       pictures to measure on are missing or unreadable
    HubError           exports cannot be handed out as it was asked
    SiteError          the site cannot be made of its pages, or put in place

Each message names the thing, what was found, what was expected, what to do.
"""


class SlimhubError(Exception):
  """Base of every error that a user can act on."""


class CheckpointError(SlimhubError):
  """The checkpoint is missing, damaged or another network's."""


class FetchError(SlimhubError):
  """A published archive cannot be had, or is another one."""


class PortabilityError(SlimhubError):
  """A graph would not load in every promised TensorFlow."""


class ProofError(SlimhubError):
  """An artifact does not do what its source does."""


class ManifestError(SlimhubError):
  """A manifest is unreadable, or files differ from it."""


class ExportError(SlimhubError):
  """An artifact cannot be delivered to its destination."""


class OrderError(SlimhubError):
  """An order lacks something, or contradicts itself."""


class InterpreterError(SlimhubError):
  """Another Python cannot meet any artifact."""


class PackageError(SlimhubError):
  """An optional package is not installed."""


class PictureError(SlimhubError):
  """Pictures to measure on are missing or unreadable."""


class HubError(SlimhubError):
  """Exports cannot be handed out as it was asked."""


class SiteError(SlimhubError):
  """The site cannot be made of its pages, or put in place."""
