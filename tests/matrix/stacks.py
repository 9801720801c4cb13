"""The environments that slimhub itself is tried in."""

from importlib import metadata

from tests.consumers import environments

# Each TensorFlow with a Python that it has wheels for, so that every Python
# comes up. Candidates of the next release are tried before it is promised.
_TENSORFLOWS = (
  ('2.17.*', '3.11'),
  ('2.18.*', '3.12'),
  ('2.19.*', '3.12'),
  ('2.20.*', '3.13'),
  ('2.21.*', '3.13'),
  ('2.22.0rc0', '3.14'),
)


def _others() -> list[str]:
  """What slimhub needs besides TensorFlow, as its setup.py says."""
  needed = metadata.requires('slimhub') or []
  return [
    requirement
    for requirement in needed
    if 'extra ==' not in requirement
    and not requirement.startswith(('tensorflow<', 'tensorflow>'))
  ]


def _stack(tensorflow: str, python: str) -> environments.Environment:
  number = tensorflow.removesuffix('.*')
  return environments.Environment(
    f'tensorflow-{number}', python, (f'tensorflow=={tensorflow}', *_others())
  )


STACKS = (
  environments.OLDEST,
  *(_stack(tensorflow, python) for tensorflow, python in _TENSORFLOWS),
)
# One between the oldest and the newest, on which the other tests run.
BETWEEN = STACKS[3]
