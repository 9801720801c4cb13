"""Which models nothing beats, and which are next to one another."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
import math

from model_specs import spec

Cost = Callable[[spec.ModelSpec], float | None]


def macs(model: spec.ModelSpec) -> float | None:
  """Millions of multiply-adds for one image."""
  return model.figures.macs_millions


def params(model: spec.ModelSpec) -> float | None:
  """Millions of parameters."""
  return model.figures.params_millions


def pixel1(model: spec.ModelSpec) -> float | None:
  """Milliseconds an image takes on a phone of 2016."""
  return model.figures.pixel1_ms


def top1(model: spec.ModelSpec) -> float:
  """Accuracy, by which models are ranked; 0 if nobody published it."""
  return model.figures.top1_percent or 0.0


def order(model: spec.ModelSpec) -> tuple[float, float]:
  """A key that sorts by cost; what is not known comes last."""
  cost = macs(model)
  return (math.inf if cost is None else cost, -top1(model))


def frontier(
  models: Iterable[spec.ModelSpec], cost: Cost
) -> list[spec.ModelSpec]:
  """The models that no other beats: none is as cheap and more accurate."""
  priced = [(cost(model), model) for model in models]
  known = [(price, model) for price, model in priced if price is not None]
  best: list[spec.ModelSpec] = []
  for _, model in sorted(known, key=lambda item: (item[0], -top1(item[1]))):
    if not best or top1(model) > top1(best[-1]):
      best.append(model)
  return best


def within(
  models: Iterable[spec.ModelSpec], cost: Cost, budget: float
) -> spec.ModelSpec | None:
  """The most accurate model that costs no more than the budget."""
  affordable = [
    model for model in frontier(models, cost) if (cost(model) or 0) <= budget
  ]
  return affordable[-1] if affordable else None


def _steps(
  model: spec.ModelSpec,
  models: Sequence[spec.ModelSpec],
  value: Callable[[spec.ModelSpec], float],
) -> list[spec.ModelSpec]:
  """The next smaller and the next larger one, of some that vary in one way."""
  ordered = sorted({value(each): each for each in models}.items())
  at = [number for number, _ in ordered].index(value(model))
  return [each for i, (_, each) in enumerate(ordered) if i in (at - 1, at + 1)]


def _distance(model: spec.ModelSpec, other: spec.ModelSpec) -> float:
  """How unlike two models are: in cost if both are known, and accuracy."""
  apart = abs(top1(model) - top1(other)) / 10
  first, second = macs(model), macs(other)
  if first and second:
    apart += abs(math.log(first / second))
  return apart


def neighbours(
  model: spec.ModelSpec, models: Sequence[spec.ModelSpec], strangers: int = 3
) -> list[spec.ModelSpec]:
  """Variants one step away, then the most alike of other families."""
  own = [each for each in models if each.family == model.family]
  sizes = [each for each in own if each.multiplier == model.multiplier]
  widths = [each for each in own if each.size == model.size]
  near = _steps(model, sizes, lambda each: each.size)
  near += _steps(model, widths, lambda each: each.multiplier or 0)
  others = [each for each in models if each.family != model.family]
  others.sort(key=lambda other: _distance(model, other))
  return [*near, *others[:strangers]]
