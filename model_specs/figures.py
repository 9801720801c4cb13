"""The published, or counted, figures of a model."""

import dataclasses

from model_specs import checks

_COSTS = ('macs_millions', 'params_millions', 'pixel1_ms')
_ACCURACIES = ('top1_percent', 'top5_percent')


@dataclasses.dataclass(frozen=True)
class Figures:
  """Costs and accuracies; None where nothing was published."""

  macs_millions: float | None = None
  params_millions: float | None = None
  top1_percent: float | None = None
  top5_percent: float | None = None
  pixel1_ms: float | None = None
  # Whether multiply-adds and trainable parameters were counted in the network,
  # because nobody published them. tests/networks/figures_test.py counts again.
  is_counted: bool = dataclasses.field(default=False, kw_only=True)

  def __post_init__(self) -> None:
    for name in (*_COSTS, *_ACCURACIES):
      value = getattr(self, name)
      checks.check(
        value is None or value > 0, f'{name} is {value}, expected above 0'
      )
    for name in _ACCURACIES:
      value = getattr(self, name)
      checks.check(
        value is None or value <= 100,
        f'{name} is {value}, expected at most 100',
      )
    if self.top1_percent and self.top5_percent:
      checks.check(
        self.top1_percent <= self.top5_percent,
        f'top1_percent {self.top1_percent} is above '
        f'top5_percent {self.top5_percent}',
      )
