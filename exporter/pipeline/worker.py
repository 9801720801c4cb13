"""What a worker process does: it sets TensorFlow up and carries out orders."""

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
from exporter import lean
from exporter import memory
from exporter import results as results_lib
from exporter import storage
from exporter.pipeline import orders

# When Python collects garbage of its two younger generations. The oldest is
# collected between handles only.
_SMALL_COLLECTIONS = (100_000, 50)
_NEVER = 2**31 - 1
# The cores are used by several workers. One thread also adds floats in the same
# order every time.
_ONE_THREAD = 1
_MUCH = 200 * 2**20  # Bytes by which a process may grow before it is tidied.


def _tidily(
  results: Iterator[results_lib.Result],
) -> Iterator[results_lib.Result]:
  """Passes results on, and frees memory between them, when least is in use.

  To look through all that a process holds takes a tenth of an artifact's time,
  so it is done only when the process has grown.
  """
  before = memory.taken()
  for result in results:
    now = memory.taken()
    if now is None or before is None or now - before >= _MUCH:
      gc.collect()
      before = memory.taken()
    yield result


def _unreachable(folder: storage.Folder) -> str:
  """Why this machine cannot see the lock in a folder; empty if it does."""
  try:
    if storage.is_held(folder):
      return ''
  except OSError as error:
    return (
      f'{folder} cannot be reached: {error}; run the same command again when '
      'it can'
    )
  return (
    f'{folder} is not shared with {socket.gethostname()}, whose process cannot '
    'see what the command put there; name a folder or URL that every worker '
    'sees'
  )


def perform(order: orders.Order) -> Iterator[results_lib.Result]:
  """Carries out an order.

  An export fails if this machine cannot see the lock of the output folder,
  which the process that gave the order holds.
  """
  # These import TensorFlow, which the parent process does without.
  from exporter.pipeline import export
  from exporter.pipeline import verify

  if order.action == orders.VERIFY:
    yield from _tidily(verify.run(order))
  elif problem := _unreachable(order.output_dir):
    yield from orders.failures(order, problem)
  else:
    yield from _tidily(export.run(order))


def _die_with_parent() -> None:
  """Waits for the parent process to end, and then ends this one."""
  parent = multiprocessing.parent_process()
  assert parent is not None  # This is a worker.
  parent.join()
  os._exit(1)


def _quiet(log: pathlib.Path) -> None:
  """Sends all that is printed to a log, which is quoted if a worker dies."""
  descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
  os.dup2(descriptor, 1)
  os.dup2(descriptor, 2)


@functools.cache
def prepare() -> None:
  """Sets TensorFlow up for many orders; must be called before it is used.

  It works once in a process: objects of an order that are alive at a second
  call would be frozen, and never be freed.
  """
  os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '2')
  # Rewriting graphs for oneDNN does not pay: each is run only once or twice.
  os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
  lean.import_tensorflow()
  import tensorflow as tf

  tf.config.threading.set_intra_op_parallelism_threads(_ONE_THREAD)
  tf.config.threading.set_inter_op_parallelism_threads(_ONE_THREAD)
  tf.config.set_visible_devices([], 'GPU')
  # A proof runs each graph once or twice, and optimizing it takes longer than
  # that. The tests run the graphs optimized, as users do.
  tf.config.optimizer.set_experimental_options({'disable_meta_optimizer': True})
  # A full collection takes part of a second, and would happen often while
  # graphs are built.
  gc.set_threshold(*_SMALL_COLLECTIONS, _NEVER)


def main(
  pipe: connection.Connection,
  log: pathlib.Path,
  added: 'tuple[formats.Format, ...]' = (),
) -> None:
  """Carries out orders from a pipe until the process is killed.

  Args:
    pipe: Each message from it is an order and what other workers have proven
      of programs. The answer is each result of the order and, at last, what
      is now proven of programs.
    log: The file for all that is printed.
    added: The formats that were added to the process that gives orders.
  """
  formats.adopt(added)
  threading.Thread(target=_die_with_parent, daemon=True).start()
  _quiet(log)
  prepare()
  from exporter import proof

  while True:
    order, proven = pipe.recv()
    proof.learn(proven)
    for result in perform(order):
      pipe.send(result)
    if order.is_large:
      memory.give_back()  # The next order finds the process as it was.
    pipe.send(proof.known_here())
