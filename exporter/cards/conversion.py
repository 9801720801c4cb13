"""Makes the cards of converted files, and the section that offers them."""

from collections.abc import Sequence

from exporter import markdown
from exporter import measure
from exporter import storage
from exporter.cards import evidence
from exporter.cards import inputs
from exporter.cards import measured as measured_lib
from exporter.cards import names
from exporter.cards import origin
from exporter.cards import record
from exporter.cards import runtimes
import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import labels
from model_specs import versions

_GUIDE = 'deploy'


def inputs_and_outputs(conversion: model_specs.Handle, labels_in: str) -> str:
  """Says what goes into a converted network and what comes out.

  Args:
    conversion: The converted file.
    labels_in: Says where in the file the names of the classes are.
  """
  kind, size = conversion.kind, conversion.spec.size
  channels = conversion.spec.family.channels
  axes = f'[batch, {size}, {size}, {channels}]'
  if kind.layout == kinds.NCHW:
    axes = f'[batch, {channels}, {size}, {size}]'
  values = 'float32 with values in the range [0, 1]'
  if kind.needs_pictures:
    values = 'the bytes of the pictures, 0 to 255'
  what = f'feature vectors of {conversion.num_outputs} numbers'
  if conversion.task == versions.CLASSIFICATION:
    what = (
      f'{conversion.num_outputs} logits an image; their softmax is the '
      'probability of each class'
    )
  named = f'The names of the classes are in {labels_in}.'
  return markdown.paragraph(
    f'The input `{formats.INPUT}` is {inputs.images(conversion)} {axes}: '
    f'{values}. The model itself {inputs.preprocessing(conversion)}. The '
    f'output `{conversion.output}` is {what}.',
    *([named] if labels.of(conversion) else []),
  )


def trial_figures(conversion: model_specs.Handle) -> str:
  """Says how to read the figures in the proof of a converted file."""
  if formats.is_exact(conversion):
    count = formats.pictures_for(conversion.kind, conversion.spec)
    return (
      f'The largest difference on {count} pictures, in batches and '
      "alone, in standard deviations of the network's own output, rounded up "
      'to a power of ten.'
    )
  return (
    'The error is the root of the mean square of all differences, in '
    "standard deviations of the network's own output. *Other top-1 class* is "
    'the part of the pictures whose most probable class is another than the '
    "network's; with untrained weights any may be. The pictures are "
    'patterns, made anew for every proof: the figures say how near the file '
    'comes to its network, not how accurate it is on photographs. Another '
    'processor may find other last digits.'
  )


def _parts(share: float | None) -> str:
  """A share in percent."""
  return '-' if share is None else f'{100 * share:.1f} %'


def _verification(
  conversion: model_specs.Handle, manifest: storage.Manifest, figures: str
) -> record.Section:
  kind = conversion.kind
  rows = [
    (
      markdown.text(each.name),
      f'{each.compared}',
      f'{each.difference!r}',
      f'{each.tolerance!r}',
    )
    for each in manifest.proof
  ]
  is_restless = (
    manifest.proof[0].tolerance > kind.error
    and not conversion.spec.family.is_quantized
  )
  restless = (
    'The network enlarges rounding: that of the pictures alone moves its own '
    f'outputs so far that not {kind.error!r} is allowed here, but more. '
    'Networks with untrained weights do so; a trained one that does is worth a '
    'closer look.'
  )
  header = ('Check', 'Compared', 'Found', 'Allowed')
  method = (
    'When it was made, this file was loaded again and compared with the '
    'TF-Slim network on the same weights.'
  )
  return record.Section(
    'Verification',
    (
      markdown.paragraph(method),
      markdown.table(header, rows, numbers=header[1:]),
      markdown.paragraph(figures),
      *([markdown.paragraph(restless)] if is_restless else []),
    ),
  )


def _origin(manifest: storage.Manifest) -> tuple[str, ...]:
  """Which pictures the ranges were measured on, if any were."""
  if not manifest.pictures:
    return ()
  return (
    markdown.bullets(
      [
        'SHA-256 of the pictures that the ranges were measured on: '
        f'{markdown.literal(manifest.pictures)}'
      ]
    ),
    markdown.paragraph(
      'The same checkpoint, pictures and packages give the same bytes on the '
      'same processor. On another, ranges and with them the scales of layers '
      'may differ in their last digits: they are measured by running the '
      'network.'
    ),
  )


def conversion_card(
  conversion: model_specs.Handle,
  manifest: storage.Manifest,
  use: Sequence[str],
  figures: str,
  measured: measure.Measurements | None = None,
) -> record.Card:
  """The card of a converted file.

  Args:
    conversion: The file.
    manifest: Its manifest.
    use: How to use the file, in blocks of Markdown.
    figures: How to read the figures of its proof.
    measured: The speed and accuracy that were measured since, if any.

  Raises:
    ManifestError: The manifest describes another artifact.
  """
  evidence.check_handle(conversion, manifest)
  model = conversion.spec
  return record.Card(
    title=f'File {conversion}',
    summary=(
      f'{conversion.kind.title}: {model.family.title} '
      f'({model.width}{model.size} x {model.size} pixels), converted from the '
      f'model `{conversion.origin}`.'
    ),
    notes=evidence.warning(manifest),
    sections=(
      record.Section('Usage', (*use, *runtimes.seen(conversion))),
      _verification(conversion, manifest, figures),
      evidence.checksums(conversion, manifest, _origin(manifest)),
      *origin.provenance(conversion, manifest),
      *measured_lib.sections(measured),
      names.also_known_as(conversion),
      origin.licence(conversion),
    ),
  )


def offer(
  handle: model_specs.Handle, links: record.Links
) -> tuple[record.Section, ...]:
  """The section of a model's card on files that the model is converted to."""
  if not handle.kind.is_convertible:
    return ()
  is_classifier = handle.task == versions.CLASSIFICATION
  fitting = formats.fitting(handle)
  rows = [
    (
      f'`{handle.number}.{kind.group}/{kind.file}`',
      kind.title,
      f'{kind.error!r}',
      *([_parts(kind.disagreement)] if is_classifier else []),
    )
    for kind in fitting
  ]
  groups = ','.join(dict.fromkeys(k.group for k in fitting))
  classes = ['Other top-1 class allowed'] if is_classifier else []
  header = ('File', 'Format', 'Error allowed', *classes)
  needs = '`litert.int8` needs `--representative_images`, and channels first '
  if handle.spec.family.is_quantized:
    needs = 'The ranges are those that were trained. Channels first needs '
  how = markdown.paragraph(
    'For phones and for other frameworks, `slimhub export '
    f'--formats={groups}` converts this model, at '
    f'{handle.spec.size} x {handle.spec.size} pixels, to these files. '
    f'{needs}`--onnx_layout=nchw`.'
  )
  unit = markdown.paragraph(
    "Errors are in standard deviations of the network's own output: the "
    'largest one in float32, else the root of the mean square. A file '
    'beyond what is allowed is not delivered.',
    f'{links.guide(_GUIDE)} of slimhub shows how to use them.',
  )
  table = markdown.table(header, rows, numbers=header[2:])
  return (record.Section('Other formats', (how, table, unit)),)
