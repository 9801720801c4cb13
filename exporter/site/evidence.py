"""The figures of a proof, in words for people who have not read the code."""

from collections.abc import Callable

from exporter import storage

_Sentence = Callable[[storage.Check], str]


def _share(difference: float) -> str:
  """1e-06 -> one part in 1,000,000."""
  return f'one part in {1 / difference:,.0f}'


def _variables(check: storage.Check) -> str:
  if check.difference:
    return (
      f'Each of the {check.compared} variables is within '
      f"{_share(check.difference)} of the checkpoint's."
    )
  return (
    f"Each of the {check.compared} variables is the checkpoint's, bit by bit."
  )


def _close(what: str, unit: str) -> _Sentence:
  def sentence(check: storage.Check) -> str:
    count = f'{check.compared:,}'
    if not check.difference:
      return f'{count} {what}, to the last bit.'
    return (
      f'{count} {what}: at most {_share(check.difference)} of {unit} apart; '
      f'{_share(check.tolerance)} would be allowed.'
    )

  return sentence


_SPREAD = 'their spread'
_SENTENCES: dict[str, _Sentence] = {
  'variables': _variables,
  'inference outputs': _close(
    'outputs and inner layers answer as the original network does', _SPREAD
  ),
  'published graph': _close(
    'outputs agree with the graph that the authors published', _SPREAD
  ),
  'training outputs': _close('outputs agree in training mode, too', _SPREAD),
  'moving averages': _close(
    "of batch norm's averages move as they should in a training step",
    'the largest',
  ),
  'gradients': lambda check: (
    f'A gradient reaches each of the {check.compared} trainable variables.'
  ),
  'outputs': _close(
    'answers of the file agree with the original network', _SPREAD
  ),
  'error': lambda check: (
    f'On {check.compared} pictures, answers are off by '
    f'{100 * check.difference:.2g} % of their spread, as the root of the mean '
    f'square; {100 * check.tolerance:.2g} % would be allowed.'
  ),
  'other top-1 class': lambda check: (
    f'{100 * check.difference:.1f} % of {check.compared} pictures get another '
    'first class than from the original network.'
  ),
}


def sentences(made: storage.Manifest) -> list[str]:
  """What was proven; the whole table stands on the card."""
  return [
    _SENTENCES[check.name](check)
    for check in made.proof
    if check.name in _SENTENCES
  ]
