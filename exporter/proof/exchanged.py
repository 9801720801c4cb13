"""Finds outputs of a file that rounds which have changed places.

Among a thousand outputs, two exchanged ones hardly change the mean error.
"""

import numpy as np

# How much the difference of two outputs in a file is like that of the network:
# 1 if nothing is rounded, -1 if the two have changed places. Rounding to 8 bits
# was measured to leave 0.3 of it.
_LEAST_ALIKE = -0.5
# Two outputs that are closer than so many errors may seem exchanged by rounding
# alone.
_ERRORS = 5.0
# So may two that are closer than this part of a usual output: to whom they
# belong makes no difference.
_NEAR = 1e-3
_BLOCK = 256  # Outputs that are compared with all others at a time.


def find(answers: np.ndarray, expected: np.ndarray) -> tuple[int, int] | None:
  """Two outputs of which each is what the other should be.

  Args:
    answers: What the file answers: a row for each picture.
    expected: What its network answers.

  Returns:
    The numbers of two such outputs; None if there are none.
  """
  found, wanted = answers.astype(np.float64), expected.astype(np.float64)
  squares = np.einsum('ij,ij->j', wanted, wanted)
  speaking = squares > 0  # Half of all features may be 0 on every picture.
  if not speaking.any():
    return None
  # Of the median output, which is none of two that changed places.
  error = np.median(np.mean(np.square(found - wanted), 0)[speaking])
  usual = np.mean(np.square(wanted[:, speaking]))
  closest = len(wanted) * max(_ERRORS**2 * error, _NEAR**2 * usual)
  products = np.einsum('ij,ij->j', found, wanted)
  for start in range(0, len(squares), _BLOCK):
    block = slice(start, start + _BLOCK)
    # With a and b for two outputs of the network, and A and B for those of the
    # file: (a - b) * (a - b), and (A - B) * (a - b), over all pictures.
    apart = squares[block, None] + squares - 2 * wanted[:, block].T @ wanted
    turned = found[:, block].T @ wanted + wanted[:, block].T @ found
    alike = products[block, None] + products - turned
    pairs = np.argwhere((apart > closest) & (alike < _LEAST_ALIKE * apart))
    if len(pairs):
      first, second = pairs[0]
      return start + int(first), int(second)
  return None
