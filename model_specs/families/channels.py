"""The rule by which networks round the number of channels of a layer."""

_DIVISOR = 8


def divisible(channels: float) -> int:
  """The multiple of 8 nearest to `channels`, never below 90 % of it."""
  rounded = max(_DIVISOR, int(channels + _DIVISOR / 2) // _DIVISOR * _DIVISOR)
  return rounded + _DIVISOR if rounded < 0.9 * channels else rounded
