"""The processor's cores."""

import os


def available() -> int:
  """How many this process may use."""
  if hasattr(os, 'sched_getaffinity'):  # macOS has no such thing.
    return len(os.sched_getaffinity(0))
  return os.cpu_count() or 1
