"""A model's checkpoint, of whichever kind -> its tensors."""

from exporter import errors
from exporter import networks
from exporter import storage
from exporter.checkpoints import checkpoint
from exporter.checkpoints import own
from exporter.checkpoints import training_graph
from exporter.checkpoints import weights as weights_lib
import model_specs


def read_checkpoint(
  model: model_specs.ModelSpec | str,
  *,
  checkpoint_dir: storage.LocalPath | None = None,
  weights: weights_lib.WeightsChoice = weights_lib.AUTO,
  require_checksum: bool = False,
) -> checkpoint.Checkpoint:
  """Reads all that a model's network needs.

  Args:
    model: The model, or the name of a published one.
    checkpoint_dir: Where checkpoints are; by default where `slimhub fetch`
      puts them. An own model's spec may name its checkpoint itself.
    weights: Which of the checkpoint's; `synthetic` reads no checkpoint.
    require_checksum: Whether to read a published model only from an archive
      whose checksum is known.

  Returns:
    The tensors, complete, finite and of the right shapes.

  Raises:
    CheckpointError: The checkpoint is missing, damaged or does not fit.
    OrderError: `weights` is no such word.
    UnknownNameError: No published model is called this.
  """
  errors.check_word('weights', weights, weights_lib.WEIGHTS_WORDS)
  if isinstance(model, str):
    model = model_specs.get_model(model)
  inference, *_ = networks.sources(model)
  wanted = checkpoint.Wanted(
    inference.shapes,
    inference.trainable,
    lambda: training_graph.traits(inference.graph.as_graph_def()),
  )
  if weights == weights_lib.SYNTHETIC:
    return checkpoint.make_synthetic(wanted)
  if checkpoint_dir is None:
    folder = storage.default_checkpoint_dir()
  else:
    folder = storage.to_path(checkpoint_dir)
  if model.own:
    return own.read_own(folder, model, wanted, weights)
  return checkpoint.read_published(
    folder, model, wanted, weights, require_checksum
  )
