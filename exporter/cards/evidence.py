"""The sections of a card with evidence: figures, proof and checksums."""

from exporter import artifacts
from exporter import checkpoints
from exporter import errors
from exporter import markdown
from exporter import storage
from exporter.cards import record
import model_specs
from model_specs import versions

_WEIGHTS = {
  checkpoints.EMA: (
    'The trainable variables hold the exponential moving averages that the '
    'checkpoint keeps of them, which are more accurate than their last values. '
    "Batch norm's statistics are the checkpoint's own."
  ),
  checkpoints.RAW: (
    'The variables hold the raw values of the checkpoint. Where a checkpoint '
    'also has moving averages of them, the raw values are less accurate.'
  ),
  checkpoints.SYNTHETIC: (
    'This artifact holds none of them: its weights are synthetic and UNTRAINED.'
  ),
}

_EXPORT_WEIGHTS = (
  'Where a checkpoint also keeps exponential moving averages of its trainable '
  'variables, an export uses those, and the card beside the export says so.'
)

_UNITS = (
  'Outputs, endpoints included, are compared in standard deviations of the '
  "network's own; moving averages, after a training step, relative to the "
  'largest of their layer; the regularization losses relative to their sum; '
  'everything else must be equal. Differences are rounded up to a power of '
  "ten. All this is computed from the files' own graphs. The rows *through "
  'TensorFlow* and *gradients* say how many values were compared, within the '
  "same limits, after TensorFlow's own loaders had loaded an artifact with the "
  'same graph. That is done once for each graph, because image size, '
  'multiplier and weights do not change how it loads.'
)
_ASKED_HERE = (
  'It was done on the machine that made this artifact, with the TensorFlow '
  'that is named below.'
)


def check_handle(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> None:
  """Raises a ManifestError if a manifest is of another handle's artifact."""
  if manifest is not None and manifest.handle != str(handle):
    raise errors.ManifestError(
      f'the manifest is of {manifest.handle}, expected that of {handle}; move '
      'the export to where it belongs, or export it again with --force'
    )


def is_untrained(manifest: storage.Manifest | None) -> bool:
  """Whether the weights are synthetic, so that the outputs mean nothing."""
  return manifest is not None and manifest.weights.kind == checkpoints.SYNTHETIC


def warning(manifest: storage.Manifest | None) -> tuple[str, ...]:
  """The warning that stands first on the card of untrained weights."""
  if not is_untrained(manifest):
    return ()
  return (
    markdown.quote(
      '**UNTRAINED WEIGHTS.** This artifact was made from synthetic weights. '
      'It has the interface of the model and none of its accuracy. Use it to '
      'test software only.'
    ),
  )


def weights(manifest: storage.Manifest | None) -> str:
  """Says which values of a checkpoint the variables of an export hold."""
  return (
    _EXPORT_WEIGHTS if manifest is None else _WEIGHTS[manifest.weights.kind]
  )


def _figure_rows(handle: model_specs.Handle) -> list[tuple[str, str]]:
  figures = handle.spec.figures
  rows = (
    ('Top-1 accuracy', figures.top1_percent, '%'),
    ('Top-5 accuracy', figures.top5_percent, '%'),
    ('Multiply-adds (MACs) for one image', figures.macs_millions, 'million'),
    ('Parameters', figures.params_millions, 'million'),
    ('Time for one image, Pixel 1, big core', figures.pixel1_ms, 'ms'),
  )
  return [(name, f'{value} {unit}') for name, value, unit in rows if value]


def last_layer_millions(spec: model_specs.ModelSpec) -> float:
  """The parameters, in millions, that a feature vector leaves out."""
  return (spec.num_features + 1) * (spec.num_classes or 0) / 1e6


def _figures_of_features(handle: model_specs.Handle) -> str:
  return (
    'The figures describe the whole classifier. The feature vector leaves out '
    f'its last layer, {last_layer_millions(handle.spec):.2f} million of the '
    'parameters.'
  )


def _origin_of_figures(spec: model_specs.ModelSpec) -> str:
  if spec.figures.is_counted:
    return (
      'The authors of TF-Slim published the accuracy [beside the checkpoints]'
      f'({spec.family.checkpoints_url}): that of a single crop on '
      "ImageNet's validation images. Multiply-adds and parameters, those that "
      'train, were counted in the network.'
    )
  if not spec.own:
    return (
      'The authors of TF-Slim published these figures [beside the checkpoints]'
      f'({spec.family.checkpoints_url}). Accuracy is that of a single crop on '
      "ImageNet's validation images."
    )
  how = f'by `{spec.publisher}`'
  if spec.own.measured_on:
    how += f', on {markdown.text(spec.own.measured_on)}'
  return f'Measured {how}; slimhub did not measure them again.'


def figures(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> record.Section:
  """The accuracy and the cost that the authors published."""
  spec = handle.spec
  rows = _figure_rows(handle)
  if not rows:
    return record.Section('Figures', ('No figures were published.',))
  sentences = [_origin_of_figures(spec)]
  if handle.task == versions.FEATURE_VECTOR:
    sentences.append(_figures_of_features(handle))
  if is_untrained(manifest):
    sentences.append('The accuracy is not that of these untrained weights.')
  return record.Section(
    'Figures',
    (
      markdown.table(('Figure', 'Value'), rows, numbers=('Value',)),
      markdown.paragraph(*sentences),
    ),
  )


_PUBLISHED = (
  '*Published graph* compares the outputs with those of the frozen graph that '
  'the authors published beside the checkpoint, which holds the same weights.'
)


def _proof_rows(manifest: storage.Manifest) -> list[tuple[str, ...]]:
  return [
    (
      markdown.text(check.name.replace('_', ' ')),
      f'{check.compared}',
      f'{check.difference!r}',
      f'{check.tolerance!r}',
    )
    for check in manifest.proof
  ]


def _has_published_graph(manifest: storage.Manifest) -> bool:
  return any(check.name == 'published graph' for check in manifest.proof)


def _asked(manifest: storage.Manifest) -> str:
  """Says who asked TensorFlow's loaders, and when."""
  if day := max((check.proven for check in manifest.proof), default=''):
    return (
      f'The makers of slimhub asked them on {markdown.text(day)}, with the '
      'TensorFlow that is named below.'
    )
  return _ASKED_HERE


def _vectors(handle: model_specs.Handle) -> str:
  """What the test vectors in an artifact are for."""
  logits = '`logits` and ' * (handle.task == versions.CLASSIFICATION)
  return markdown.paragraph(
    f'With `{artifacts.VECTORS}` you can check any runtime yourself, and every '
    'file that this model is converted to: NumPy reads from it two `pictures`, '
    'whose bytes divided by 255 are the input, and what the network answers: '
    f'{logits}`feature_vector`.'
  )


def verification(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> record.Section:
  """What was proven of an artifact; without one, what is proven of all."""
  title = 'Verification'
  method = (
    'loaded again from its files and compared with the TF-Slim network on the '
    'same weights'
  )
  if manifest is None:
    text = markdown.paragraph(
      'This page describes the model; no artifact comes with it. Every '
      f'artifact that `slimhub export` makes is {method}, and is delivered '
      'only if no difference exceeds what is allowed. The card beside it '
      f'lists those numbers here; `{handle.number}.json` beside it lists '
      'them for programs.'
    )
    return record.Section(title, (text,))
  header = ('Check', 'Compared', 'Largest difference', 'Allowed')
  units = [_UNITS, _asked(manifest)]
  if _has_published_graph(manifest):
    units.append(_PUBLISHED)
  return record.Section(
    title,
    (
      markdown.paragraph(f'When it was made, this artifact was {method}.'),
      markdown.table(header, _proof_rows(manifest), numbers=header[1:]),
      markdown.paragraph(*units),
      *([_vectors(handle)] if artifacts.VECTORS in manifest.files else []),
    ),
  )


def _files(manifest: storage.Manifest) -> str:
  rows = [
    (markdown.literal(path), f'{file.bytes}', markdown.literal(file.sha256))
    for path, file in manifest.files.items()
  ]
  return markdown.table(('File', 'Bytes', 'SHA-256'), rows, numbers=('Bytes',))


def _origin(manifest: storage.Manifest) -> str:
  libraries = markdown.text(
    ', '.join(f'{k} {v}' for k, v in manifest.libraries.items())
  )
  return markdown.bullets(
    (
      f'Checkpoint: {markdown.literal(manifest.weights.checkpoint)}',
      "SHA-256 of the checkpoint's tensors, names and shapes: "
      f'{markdown.literal(manifest.weights.sha256)}',
      f'Made with: {libraries}',
    )
  )


def checksums(
  handle: model_specs.Handle,
  manifest: storage.Manifest | None,
  more: tuple[str, ...] = (),
) -> record.Section:
  """The files of an artifact, with their hashes, and what they were made of.

  Args:
    handle: What the card describes.
    manifest: The manifest, if there is an artifact.
    more: Blocks of Markdown for the end of the section.
  """
  title = 'Checksums'
  if manifest is None:
    text = markdown.paragraph(
      'Size and SHA-256 of every file, a SHA-256 of the checkpoint that the '
      'weights came from and the versions of the libraries used stand here '
      f'on the card of an export, and in its `{handle.number}.json`.'
    )
    return record.Section(title, (text,))
  beside = 'The same facts are in the `.json` beside this card.'
  return record.Section(
    title,
    (_files(manifest), _origin(manifest), markdown.paragraph(beside), *more),
  )
