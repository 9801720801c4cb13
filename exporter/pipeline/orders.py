"""What is to be done, and what came of it, as plain data."""

from collections.abc import Iterable
import dataclasses
import itertools
import pathlib

from exporter import checkpoints
from exporter import results
from exporter import storage
import model_specs
from model_specs import formats

EXPORT = 'export'
VERIFY = 'verify'

LOCAL, RAY = ENGINES = ('local', 'ray')


@dataclasses.dataclass(frozen=True)
class Order:
  """All that is to be done with one model's handles."""

  action: str  # EXPORT or VERIFY.
  handles: tuple[model_specs.Handle, ...]
  output_dir: storage.Folder
  checkpoint_dir: pathlib.Path | None = None  # None: synthetic weights.
  weights: str = checkpoints.AUTO
  force: bool = False
  pictures_dir: pathlib.Path | None = None  # To measure ranges on.
  client: str | None = None  # Another interpreter that a VERIFY asks, too.

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
