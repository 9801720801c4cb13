"""What is to be done, and what came of it, as plain data."""

from collections.abc import Iterable
import dataclasses
import itertools
import pathlib
from typing import Final
from typing import Literal

from exporter import checkpoints
from exporter import errors
from exporter import results
from exporter import storage
import model_specs
from model_specs import formats

Action = Literal['export', 'verify']
EXPORT: Final = 'export'
VERIFY: Final = 'verify'

LOCAL, RAY = ENGINES = ('local', 'ray')


@dataclasses.dataclass(frozen=True)
class Order:
  """All that is to be done with one model's handles."""

  action: Action
  handles: tuple[model_specs.Handle, ...]
  output_dir: storage.Folder
  _: dataclasses.KW_ONLY
  checkpoint_dir: pathlib.Path | None = None  # An EXPORT takes weights from it.
  weights: checkpoints.WeightsChoice = checkpoints.AUTO  # SYNTHETIC: from none.
  force: bool = False
  pictures_dir: pathlib.Path | None = None  # To measure ranges on.
  client: str | None = None  # Another interpreter that a VERIFY asks, too.

  def __post_init__(self) -> None:
    """Raises an OrderError if nothing says where weights come from."""
    if self.action != EXPORT:
      return
    is_synthetic = self.weights == checkpoints.SYNTHETIC
    if self.checkpoint_dir is None and not is_synthetic:
      raise errors.OrderError(
        f'an order to export has weights={self.weights!r} and no '
        'checkpoint_dir, expected the folder of a checkpoint; name it, or say '
        f'weights={checkpoints.SYNTHETIC!r} for seeded, untrained weights'
      )
    if self.checkpoint_dir is not None and is_synthetic:
      raise errors.OrderError(
        f'an order to export has weights={self.weights!r} and '
        f'checkpoint_dir={str(self.checkpoint_dir)!r}, expected one of the '
        'two; leave out the folder for untrained weights, or choose from its '
        f'checkpoint: {", ".join(checkpoints.WEIGHTS_CHOICES)}'
      )

  @property
  def model(self) -> model_specs.ModelSpec:
    """The model; its handles come from one checkpoint."""
    return self.handles[0].spec

  @property
  def memory_gb(self) -> float:
    """What a worker may take for it."""
    return max(map(formats.memory_gb, self.handles))

  @property
  def network(self) -> str:
    """Orders of one network share what is proven of its programs."""
    return self.model.network

  @property
  def architecture(self) -> tuple[str, float | None]:
    """Orders of one architecture share the network that is built for them."""
    return self.network, self.model.multiplier


def failures(order: Order, reason: str) -> list[results.Result]:
  """What comes of an order that cannot be carried out."""
  return [
    results.Result(str(handle), results.FAILED, f'{handle}: {reason}')
    for handle in order.handles
  ]


def make_orders(
  handles: Iterable[model_specs.Handle], template: Order
) -> tuple[Order, ...]:
  """One order a model, in the handles' order, otherwise as the template."""
  return tuple(
    dataclasses.replace(template, handles=tuple(group))
    for _, group in itertools.groupby(handles, lambda h: h.spec)
  )
