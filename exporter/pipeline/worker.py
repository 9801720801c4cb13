"""In a worker process: order -> results."""

from collections.abc import Iterator
import functools
import gc
import multiprocessing
from multiprocessing import connection
import os
import pathlib
import socket
import threading

from exporter import formats
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import orders

_SMALL_COLLECTIONS = (5000, 20)
_NEVER = 2**31 - 1
_ONE_THREAD = 1  # Workers are the parallelism; it also fixes float order.


def _tidily(
  results: Iterator[results_lib.Result],
) -> Iterator[results_lib.Result]:
  """Frees memory between two handles, when the least is in use."""
  for result in results:
    gc.collect()
    yield result


def perform(order: orders.Order) -> Iterator[results_lib.Result]:
  """Carries out an order that whoever holds the output's lock has given."""
  # TensorFlow is imported here: the parent process does without it.
  from exporter.pipeline import export
  from exporter.pipeline import verify

  if order.action == orders.VERIFY:
    yield from _tidily(verify.run(order))
  elif storage.is_held(order.output_dir):
    yield from _tidily(export.run(order))
  else:
    yield from orders.failures(
      order,
      f'{order.output_dir} is not shared with {socket.gethostname()}, whose '
      'process cannot see what the command put there; name a folder or URL '
      'that every worker sees',
    )


def _die_with_parent() -> None:
  parent = multiprocessing.parent_process()
  assert parent is not None  # This is a worker.
  parent.join()
  os._exit(1)


def _quiet(log: pathlib.Path) -> None:
  """Sends what TensorFlow prints to a file, for the day a worker dies."""
  descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
  os.dup2(descriptor, 1)
  os.dup2(descriptor, 2)


@functools.cache
def prepare() -> None:
  """Sets TensorFlow up for one order after the other; first of all calls.

  Once a process: what is frozen again would never be freed.
  """
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
  # What is run once is not worth rewriting for another library.
  os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
  import tensorflow as tf

  tf.config.threading.set_intra_op_parallelism_threads(_ONE_THREAD)
  tf.config.threading.set_inter_op_parallelism_threads(_ONE_THREAD)
  tf.config.set_visible_devices([], 'GPU')
  # A proof runs each graph once or twice: optimizing it takes longer than that.
  # The tests, and the users, run them optimized.
  tf.config.optimizer.set_experimental_options({'disable_meta_optimizer': True})
  # Looking through all objects takes part of a second, and graphs are many.
  gc.collect()
  gc.freeze()
  gc.set_threshold(*_SMALL_COLLECTIONS, _NEVER)


def main(
  pipe: connection.Connection,
  log: pathlib.Path,
  added: 'tuple[formats.Format, ...]' = (),
) -> None:
  """Serves orders until it is stopped.

  Args:
    pipe: Gives orders, each with the programs that others have proven; takes
      the results of an order, and then the programs that are proven now.
    log: Where TensorFlow's own messages go.
    added: Formats that only the process which gives orders knows.
  """
  formats.adopt(added)
  threading.Thread(target=_die_with_parent, daemon=True).start()
  _quiet(log)
  prepare()
  from exporter import proof

  while True:
    order, proven = pipe.recv()
    proof.learn_programs(proven)
    for result in perform(order):
      pipe.send(result)
    pipe.send(proof.proven_programs())
