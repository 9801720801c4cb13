"""TensorFlow without Keras, for processes that belong to slimhub alone.

`import tensorflow` ends with importing Keras, which is a quarter of its time
and an eighth of its memory. slimhub makes and loads graphs, and asks for Keras
only to compare its speed. And as what is imported stays, a tenth of the time
that is left would go into looking for garbage among it.
"""

from collections.abc import Iterator
import contextlib
import gc
import importlib
import sys
from typing import Any

# What TensorFlow imports of either Keras; it goes on where that is not there.
_EAGER = ('keras.src.optimizers', 'tf_keras.src.optimizers')


@contextlib.contextmanager
def _without_keras() -> Iterator[None]:
  modules: dict[str, Any] = sys.modules
  blocked = [name for name in _EAGER if name not in modules]
  # Python refuses to import a module whose place None takes.
  modules.update(dict.fromkeys(blocked))
  try:
    yield
  finally:
    for name in blocked:
      del modules[name]


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
  if not gc.isenabled():
    yield
    return
  gc.disable()
  try:
    yield
  finally:
    # Later collections leave alone what is there now, too.
    gc.freeze()
    gc.enable()


def import_tensorflow() -> None:
  """Imports TensorFlow, and Keras only when somebody asks for it.

  Code of others may rely on what Keras registers in TensorFlow. So a process
  that runs such code, as notebooks do, imports TensorFlow as it is.
  """
  with _without_keras(), _without_collections():
    importlib.import_module('tensorflow')
