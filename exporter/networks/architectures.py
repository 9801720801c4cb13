"""What decides a network's graph, and so tells one network from another."""

import dataclasses

import model_specs


@dataclasses.dataclass(frozen=True)
class Architecture:
  """Everything that a network's graph depends on."""

  network: str
  multiplier: float | None
  num_classes: int
  preprocessing: model_specs.Preprocessing = model_specs.FROM_MINUS_1_TO_1
  channels: int = 3
  # The height and width of images, where layers fit no other; else None.
  size: int | None = None


def architecture(model: model_specs.ModelSpec) -> Architecture:
  """The architecture of a model."""
  return Architecture(
    model.network,
    model.multiplier,
    # Without classes, a classifier is built all the same, and never exported.
    model.num_classes or 1,
    model.family.preprocessing,
    model.family.channels,
    model.size if model.family.sizes else None,
  )


def modes(model: model_specs.ModelSpec) -> tuple[bool, ...]:
  """The modes that a model's network has: inference and, mostly, training."""
  return (False,) if model.family.is_quantized else (False, True)
