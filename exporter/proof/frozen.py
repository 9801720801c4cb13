"""Compares a frozen network with its source, before a converter rounds it.

A file whose weights are rounded may err by more than two weights that have
changed places would cost. So the places are checked where nothing is rounded.
"""

import numpy as np
import tensorflow as tf

from exporter import artifacts
from exporter import errors
from exporter.proof import comparison
from exporter.proof import trial
import model_specs
from model_specs import formats

_FEW = 2
_TOLERANCE = 1e-4  # In standard deviations of the output.


def _run(network: artifacts.Frozen, images: np.ndarray) -> np.ndarray:
  """What a frozen network answers, computed as its nodes say."""
  options = tf.compat.v1.ConfigProto()
  # TensorFlow would fold constants into each other first.
  options.graph_options.rewrite_options.disable_meta_optimizer = True
  with tf.Graph().as_default() as graph:
    tf.import_graph_def(network.definition, name='')
  with tf.compat.v1.Session(graph=graph, config=options) as session:
    feeds = {f'{formats.INPUT}:0': images}
    return session.run(f'{network.output}:0', feeds)


def prove_frozen(
  conversion: model_specs.Handle,
  network: artifacts.Frozen,
  trials: trial.Trials,
) -> None:
  """Compares what a frozen network and its source answer on a few pictures.

  Args:
    conversion: What the network will be converted to.
    network: The frozen network.
    trials: The pictures, and what the source answers on them.

  Raises:
    ProofError: They do not answer the same.
  """
  of_source = trials.of(conversion.kind)
  expected = of_source.outputs[conversion.task][:_FEW]
  images = trial.images_of(of_source.pictures[:_FEW])
  compared = comparison.Comparison('frozen network', _TOLERANCE)
  answers = _run(network, images)
  unit = float(np.std(expected))
  compared.compare('a few pictures', answers, expected, unit)
  if misses := compared.misses():
    raise errors.ProofError(
      f'{conversion} is not converted: its network, frozen, does not do what '
      f'its source does; {misses[0]}'
    )
