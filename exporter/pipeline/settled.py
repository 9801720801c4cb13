"""What is settled before any work: exports in place that are kept.

TensorFlow takes seconds to start, and is not needed to see that nothing is to
be made, or that a signature is missing. So the process that gives orders looks
itself, and a worker gets only what is left. Whatever cannot be told here is
left, too: the worker finds the same out of the weights themselves, and says why
an export is made again.
"""

from collections.abc import Callable
from collections.abc import Generator
from collections.abc import Sequence
import dataclasses
import functools
from multiprocessing import pool
import time
from typing import TypeAlias

from exporter import checkpoints
from exporter import formats
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import changes
from exporter.pipeline import orders as orders_lib
from exporter.pipeline import signed
import model_specs
from model_specs import kinds

Recall: TypeAlias = Callable[[], checkpoints.Reading | None]


def recall(order: orders_lib.Order) -> checkpoints.Reading | None:
  """What is known of the weights of an order, if they were read before."""
  causes = checkpoints.causes(order.model, order.checkpoint_dir, order.weights)
  if causes is None:
    return None
  return storage.read_memo(checkpoints.Reading, causes)


def _result(
  handle: model_specs.Handle, order: orders_lib.Order, recalled: Recall
) -> results_lib.Result | None:
  """The result for a handle of which nothing is to be made.

  Args:
    handle: What is asked for.
    order: How it is asked for.
    recalled: Gives what is known of the weights; called only once it is needed,
      as it hashes the checkpoint.

  Returns:
    The result; None if a worker must see to it.
  """
  if handle.kind.extra or handle.kind not in kinds.KINDS:
    formats.of(handle).require()
  has_pictures = order.pictures_dir is not None
  refused = changes.refuse(handle, has_pictures=has_pictures)
  if refused or handle.needs_pictures:
    return refused
  if order.force or order.require_checksums:
    return None
  manifest = storage.read_manifest(order.output_dir, handle.stem)
  # First everything but the weights is compared, by taking those of the
  # manifest; to hash a checkpoint takes longer.
  if manifest is None or changes.of_facts(
    handle, order, manifest, manifest.weights, ''
  ):
    return None
  reading = recalled()
  if reading is None:
    return None
  changes.check_classifier(handle, reading)
  if changes.find(handle, order, manifest, reading.weights, pictures=''):
    return None
  return changes.keep(handle)


def _timed(
  handle: model_specs.Handle, order: orders_lib.Order, recalled: Recall
) -> results_lib.Result | None:
  start = time.monotonic()
  try:
    if order.action == orders_lib.EXPORT:
      result = _result(handle, order, recalled)
    else:
      result = signed.refuse(handle, order)
  except Exception:  # noqa: BLE001  # The worker meets it, and reports it.
    return None
  seconds = time.monotonic() - start
  return result and dataclasses.replace(result, seconds=seconds)


def _settle(order: orders_lib.Order) -> list[results_lib.Result | None]:
  """The result of each handle of an order; None for what is to be done."""
  recalled = functools.cache(functools.partial(recall, order))
  return [_timed(handle, order, recalled) for handle in order.handles]


def settle(
  orders: Sequence[orders_lib.Order], jobs: int
) -> Generator[results_lib.Result, None, list[orders_lib.Order]]:
  """Yields the results of all that needs no worker.

  Args:
    orders: What to do.
    jobs: How many threads look; they mostly hash files, which they do at the
      same time.

  Returns:
    The orders with the handles that are left.
  """
  left = []
  # The threads of a ThreadPool do not keep an interrupted process alive.
  with pool.ThreadPool(jobs) as threads:
    for order, outcomes in zip(
      orders, threads.imap(_settle, orders), strict=True
    ):
      yield from filter(None, outcomes)
      handles = tuple(
        handle
        for handle, result in zip(order.handles, outcomes, strict=True)
        if result is None
      )
      if handles:
        left.append(dataclasses.replace(order, handles=handles))
  return left
