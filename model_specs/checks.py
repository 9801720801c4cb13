"""The check, and its error, with which specs validate themselves."""


class SpecError(ValueError):
  """A spec contradicts itself, or names something that does not exist."""


def check(condition: bool, message: str) -> None:
  """Raises a SpecError with a message unless a condition holds."""
  if not condition:
    raise SpecError(message)
