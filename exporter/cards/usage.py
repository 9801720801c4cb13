"""The sections of a card that show how the model is used and fine-tuned."""

from exporter import markdown
from exporter.cards import clients
from exporter.cards import inputs
from exporter.cards import record
from exporter.cards import snippets
import model_specs
from model_specs import kinds
from model_specs import versions

_COMMON_SIGNATURES = 'https://www.tensorflow.org/hub/common_signatures/images'

_TFSM_LAYER = 'keras.layers.TFSMLayer'

_NO_NORM = (
  'The network has no batch norm: a `batch_norm_momentum` is taken, as by all '
  'models, and changes nothing.'
)
_PATH = (
  'In every snippet, `path` is the folder of the exported model and random '
  'numbers stand in for your images.'
)


def _is_classifier(handle: model_specs.Handle) -> bool:
  return handle.task == versions.CLASSIFICATION


def _input(name: str, handle: model_specs.Handle) -> str:
  channels = handle.spec.family.channels
  return markdown.paragraph(
    f'The input `{name}` is a float32 batch of {inputs.images(handle)} of '
    f'shape [batch, height, width, {channels}] with values in the range '
    f'[0, 1]. The model itself {inputs.preprocessing(handle)}, so do not '
    'normalize them any further.'
  )


def _output(handle: model_specs.Handle) -> str:
  if _is_classifier(handle):
    return markdown.paragraph(
      f'The output is a batch of {handle.num_outputs} logits; '
      '`tf.nn.softmax` turns them into probabilities.'
    )
  return markdown.paragraph(
    f'The output is a batch of feature vectors of {handle.num_outputs} numbers.'
  )


def _signatures(handle: model_specs.Handle) -> str:
  """A table of what each signature of a TF1 module takes and returns."""
  kinds = {
    'default': 'logits' if _is_classifier(handle) else 'feature vectors',
    f'image_{versions.CLASSIFICATION}': 'logits, endpoints',
    f'image_{versions.FEATURE_VECTOR}': 'feature vectors, endpoints',
  }
  rows = []
  for name in handle.version.signatures(handle.task):
    base = name.removesuffix('_with_bn_hparams')
    inputs = '`images`' if name == base else '`images`, `batch_norm_momentum`'
    rows.append((f'`{name}`', inputs, kinds[base]))
  return markdown.table(('Signature', 'Inputs', 'Outputs'), rows)


def _usage_hub(handle: model_specs.Handle) -> tuple[str, ...]:
  return (
    markdown.paragraph('Load the model in graph mode.', _PATH),
    snippets.fill(snippets.HUB_LOAD, handle),
    _input('images', handle),
    inputs.size(handle),
    _output(handle),
    markdown.paragraph(
      'The signatures follow the '
      f'[common signatures for images]({_COMMON_SIGNATURES}):'
    ),
    _signatures(handle),
  )


def _serving(handle: model_specs.Handle) -> tuple[str, ...]:
  if not handle.version.serving_default:
    return (
      markdown.paragraph(
        f'Version {handle.number} has no serving signature. TensorFlow '
        'Serving, `saved_model_cli run` and converters look for '
        '`serving_default`, which came with version 5.'
      ),
    )
  return (
    markdown.paragraph(
      'TensorFlow Serving, `saved_model_cli run` and the TFLite converter use '
      'the signature `serving_default`. In Python:'
    ),
    snippets.fill(snippets.SERVING, handle),
  )


def _usage_saved_model(handle: model_specs.Handle) -> tuple[str, ...]:
  return (
    markdown.paragraph('Plain TensorFlow loads and calls the model.', _PATH),
    snippets.fill(snippets.LOAD, handle),
    _input('inputs', handle),
    inputs.size(handle),
    _output(handle),
    markdown.paragraph(
      'In Keras 3, which does not accept `hub.KerasLayer`, use '
      '`keras.layers.TFSMLayer`. It comes with Keras and needs its '
      'TensorFlow backend.'
    ),
    snippets.fill(snippets.KERAS_3, handle),
    markdown.paragraph(
      '`hub.KerasLayer` works in Keras 2. From TensorFlow 2.16 on that is the '
      'package `tf_keras`, chosen by the environment variable below before '
      'TensorFlow is imported; earlier, leave the variable out.'
    ),
    snippets.fill(snippets.KERAS_LAYER, handle),
    *_serving(handle),
  )


def _advice(handle: model_specs.Handle, sibling: str) -> tuple[str, ...]:
  """Leads readers with classes of their own to the feature vector."""
  if not _is_classifier(handle):
    return ()
  return (
    markdown.paragraph(
      f'Training through all {handle.num_outputs} logits overfits easily. For '
      f'classes of your own, start from the feature vectors of {sibling}.'
    ),
  )


def _momentum_hub(handle: model_specs.Handle) -> str:
  if not handle.spec.family.has_norm:
    return markdown.paragraph(_NO_NORM)
  version = handle.version
  if not version.configurable_momentum:
    return markdown.paragraph(
      "The momentum of batch norm's moving averages is fixed to "
      f'{version.momentum}.'
    )
  return markdown.paragraph(
    "The momentum of batch norm's moving averages is "
    f'{version.momentum} unless you pass another to a signature whose name '
    'ends in `_with_bn_hparams`, as above. The default suits small datasets; '
    'the larger value of the snippet suits long training.'
  )


def _update_ops(handle: model_specs.Handle) -> tuple[str, ...]:
  """Says that the UPDATE_OPS of version 1 work, which once were broken.

  They were broken in every family that has published modules of version 2.
  """
  if handle.version.number != 1 or 2 not in handle.spec.family.versions:
    return ()
  return (
    markdown.paragraph(
      'The version 1 that was first published had broken UPDATE_OPS '
      '([issue 86](https://github.com/tensorflow/hub/issues/86)). Those of '
      'an export by slimhub work.'
    ),
  )


def _advice_hub(handle: model_specs.Handle, sibling: str) -> tuple[str, ...]:
  if not _is_classifier(handle):
    return ()
  signature = handle.version.signatures(handle.task)[1]
  return (
    markdown.paragraph(
      f'Training through all {handle.num_outputs} logits (`{signature}`) '
      'overfits easily. The example therefore uses the feature vectors, which '
      f'{sibling} gives without the classifier.'
    ),
  )


def _tuning_hub(handle: model_specs.Handle) -> tuple[str, ...]:
  updates = (
    'without them, the moving averages of batch norm stay as they were'
    if handle.spec.family.has_norm
    else 'this network has none, others do'
  )
  return (
    markdown.paragraph(
      'Load the graph that is tagged `train`, make its variables trainable, '
      f'and run the UPDATE_OPS with every training step: {updates}. Here a new '
      'layer for five classes stands on the feature vectors:'
    ),
    snippets.fill(snippets.HUB_TUNE, handle),
    _momentum_hub(handle),
    *_update_ops(handle),
  )


def _disobeys() -> str:
  """Which releases of Keras train a TFSMLayer that is not trainable."""
  releases = clients.broken_keras(_TFSM_LAYER, 'frozen')
  return f' (Keras {releases} trains it all the same)' if releases else ''


def _no_adam() -> tuple[str, ...]:
  """Which releases of Keras cannot train a TFSMLayer with Adam."""
  releases = clients.broken_keras(_TFSM_LAYER, 'adam')
  if not releases:
    return ()
  return (
    'Optimizers that keep state for every weight, such as Adam, fail on it '
    f'for any SavedModel (seen in Keras {releases}: they cannot name that '
    'state).',
  )


def _tuning_saved_model(handle: model_specs.Handle) -> tuple[str, ...]:
  training = (
    "It normalizes with the batch's own statistics and updates batch norm's "
    'moving averages inside the call:'
  )
  momentum = (
    "The momentum of batch norm's moving averages is "
    f'{handle.version.momentum} by default, which suits small datasets.'
  )
  if not handle.spec.family.has_norm:
    training, momentum = 'It drops values at random:', _NO_NORM
  return (
    markdown.paragraph(
      'In Keras 3, `train` is the endpoint for training.', training
    ),
    snippets.fill(snippets.TUNE_KERAS_3, handle),
    markdown.paragraph(
      'To train only layers of your own, pass `trainable=False` and leave '
      f'out `call_training_endpoint`{_disobeys()}. `TFSMLayer` adds no '
      'regularization losses and always uses the default momentum.',
      *_no_adam(),
      'Plain SGD works. A model saved as `.keras` still refers to `path` and '
      'loads with `keras.models.load_model(file, safe_mode=False)`.',
    ),
    markdown.paragraph(
      '`SlimLayer` takes every optimizer and any momentum, and adds the '
      'regularization losses. It comes with slimhub as `slimhub_keras.py`, one '
      'file that needs nothing but keras and tensorflow: install slimhub, or '
      'copy that file.'
    ),
    snippets.fill(snippets.TUNE_SLIM_LAYER, handle),
    markdown.paragraph(
      momentum, 'In Keras 2, `hub.KerasLayer` passes another value on:'
    ),
    snippets.fill(snippets.TUNE_KERAS_LAYER, handle),
    markdown.paragraph(
      'A training loop of your own calls the model itself. '
      '`regularization_losses` is a list of functions without arguments:'
    ),
    snippets.fill(snippets.TUNE_LOOP, handle),
  )


def _tune_hub(handle: model_specs.Handle, sibling: str) -> tuple[str, ...]:
  return (*_advice_hub(handle, sibling), *_tuning_hub(handle))


def _tune_saved_model(
  handle: model_specs.Handle, sibling: str
) -> tuple[str, ...]:
  return (*_advice(handle, sibling), *_tuning_saved_model(handle))


_USAGE = {kinds.TF1: _usage_hub, kinds.TF2: _usage_saved_model}
_FINE_TUNING = {kinds.TF1: _tune_hub, kinds.TF2: _tune_saved_model}


def usage(handle: model_specs.Handle) -> record.Section:
  """How to load and call the model."""
  return record.Section('Usage', _USAGE[handle.kind.word](handle))


def fine_tuning(handle: model_specs.Handle, sibling: str) -> record.Section:
  """How to fine-tune; `sibling` mentions the model for the other task."""
  blocks = _FINE_TUNING[handle.kind.word](handle, sibling)
  return record.Section('Fine-tuning', blocks)
