"""Compares models: which are best at a cost, and which are alike."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
import math

import model_specs

_MOST_OTHERS = 3  # Models of other families that are named beside one.

Cost = Callable[[model_specs.ModelSpec], float | None]


def macs(model: model_specs.ModelSpec) -> float | None:
  """Millions of multiply-adds for one image."""
  return model.figures.macs_millions


def params(model: model_specs.ModelSpec) -> float | None:
  """Millions of parameters."""
  return model.figures.params_millions


def pixel1(model: model_specs.ModelSpec) -> float | None:
  """Milliseconds for one image on a Pixel 1, as the authors measured it."""
  return model.figures.pixel1_ms


def top1(model: model_specs.ModelSpec) -> float:
  """The accuracy by which models are ranked; 0 if none was published."""
  return model.figures.top1_percent or 0.0


def order(model: model_specs.ModelSpec) -> tuple[float, float]:
  """A key that sorts models by cost; those of unknown cost come last."""
  cost = macs(model)
  return (math.inf if cost is None else cost, -top1(model))


def frontier(
  models: Iterable[model_specs.ModelSpec], cost: Cost
) -> list[model_specs.ModelSpec]:
  """The models to which no other is preferable, the cheapest first.

  Every other model is at most as accurate as one that costs no more.
  """
  priced = [(cost(model), model) for model in models]
  pairs = [(price, model) for price, model in priced if price is not None]
  best: list[model_specs.ModelSpec] = []
  for _, model in sorted(pairs, key=lambda item: (item[0], -top1(item[1]))):
    if not best or top1(model) > top1(best[-1]):
      best.append(model)
  return best


def within(
  models: Iterable[model_specs.ModelSpec], cost: Cost, budget: float
) -> model_specs.ModelSpec | None:
  """The most accurate model that costs no more than the budget."""
  affordable = [
    model for model in frontier(models, cost) if (cost(model) or 0) <= budget
  ]
  return affordable[-1] if affordable else None


def _steps(
  model: model_specs.ModelSpec,
  models: Sequence[model_specs.ModelSpec],
  value: Callable[[model_specs.ModelSpec], float],
) -> list[model_specs.ModelSpec]:
  """The models just below and just above a model.

  Args:
    model: The model.
    models: Models that differ in one value alone.
    value: Gives that value.
  """
  first: dict[float, model_specs.ModelSpec] = {}
  for each in models:  # Of several with one value, the published one.
    first.setdefault(value(each), each)
  ordered = sorted(first.items())
  at = [number for number, _ in ordered].index(value(model))
  return [each for i, (_, each) in enumerate(ordered) if i in (at - 1, at + 1)]


def _distance(
  model: model_specs.ModelSpec, other: model_specs.ModelSpec
) -> float:
  """How unlike two models are: in accuracy, and in cost if both are known."""
  apart = abs(top1(model) - top1(other)) / 10
  first, second = macs(model), macs(other)
  if first and second:
    apart += abs(math.log(first / second))
  return apart


def neighbours(
  model: model_specs.ModelSpec,
  models: Sequence[model_specs.ModelSpec],
) -> list[model_specs.ModelSpec]:
  """Models that a reader may want instead of one.

  Args:
    model: The model.
    models: All models, itself included.

  Returns:
    The variants of the same network with the next image size or multiplier,
    then the most similar models of other families.
  """
  own = [each for each in models if each.network == model.network]
  sizes = [each for each in own if each.multiplier == model.multiplier]
  widths = [each for each in own if each.size == model.size]
  near = _steps(model, sizes, lambda each: each.size)
  near += _steps(model, widths, lambda each: each.multiplier or 0)
  others = [each for each in models if each.network != model.network]
  others.sort(key=lambda other: _distance(model, other))
  return [*near, *others[:_MOST_OTHERS]]
