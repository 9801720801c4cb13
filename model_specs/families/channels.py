"""The rules by which networks choose the number of channels of a layer."""

_DIVISOR = 8


def divisible(channels: float) -> int:
  """The multiple of 8 nearest to `channels`, never below 90 % of it."""
  rounded = max(_DIVISOR, int(channels + _DIVISOR / 2) // _DIVISOR * _DIVISOR)
  return rounded + _DIVISOR if rounded < 0.9 * channels else rounded


def wide_end(channels: int, multiplier: float) -> int:
  """The channels of a last layer that no multiplier below 1 narrows."""
  return divisible(channels * max(1.0, multiplier))


def narrow_end(channels: int, multiplier: float) -> int:
  """The channels of a last layer that every multiplier changes."""
  return divisible(channels * multiplier)
