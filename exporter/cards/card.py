"""Makes model cards: what a reader must know to choose and use a model."""

import re

from exporter import markdown
from exporter import measure
from exporter import storage
from exporter.cards import clients
from exporter.cards import conversion
from exporter.cards import evidence
from exporter.cards import measured as measured_lib
from exporter.cards import names
from exporter.cards import origin
from exporter.cards import outputs
from exporter.cards import quantization
from exporter.cards import record
from exporter.cards import usage
import model_specs
from model_specs import kinds
from model_specs import versions

_IMAGENET = 'ImageNet (ILSVRC-2012-CLS)'
_WHAT = {
  kinds.TF1: (
    'This model is a [hub.Module of TensorFlow 1]'
    '(https://www.tensorflow.org/hub/tf1_hub_module).'
  ),
  kinds.TF2: (
    'This model is a [SavedModel of TensorFlow 2]'
    '(https://www.tensorflow.org/hub/tf2_saved_model), which `hub.Module` '
    'cannot load.'
  ),
}


def _dataset(spec: model_specs.ModelSpec) -> str:
  return markdown.text(spec.own.dataset_title) if spec.own else _IMAGENET


def _summary(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> str:
  """What the model does, in one sentence."""
  spec = handle.spec
  network = (
    f'{spec.family.title} ({spec.width}{spec.size} x {spec.size} pixels)'
  )
  if handle.task == versions.CLASSIFICATION:
    does = (
      f'Classifies images by the classes of {_dataset(spec)} with {network}'
    )
  else:
    does = (
      f'Turns images into feature vectors of {handle.num_outputs} numbers '
      f'with {network} trained on {_dataset(spec)}'
    )
  if evidence.is_untrained(manifest):
    does = (
      f'UNTRAINED weights, to test software only: {does[0].lower()}{does[1:]}'
    )
  return f'{does}.'


def _license_tag(spec: model_specs.ModelSpec) -> str:
  """The licence as tfhub.dev spells it; `custom` if it has no SPDX name."""
  tag = spec.license.lower()
  is_named = re.fullmatch('(?!licenseref)[a-z0-9_.-]*', tag)
  return tag if is_named else 'custom'


def _metadata(handle: model_specs.Handle) -> dict[str, str]:
  spec = handle.spec
  values = {
    'asset-path': f'{handle}.tar.gz',
    'task': 'image-' + handle.task.replace('_', '-'),
    'fine-tunable': 'true' if handle.version.trains else 'false',
    'format': handle.version.format,
    'network-architecture': spec.family.architecture,
    'dataset': spec.dataset,
    'license': _license_tag(spec),
  }
  return {key: value for key, value in values.items() if value}


def _newer(handle: model_specs.Handle, links: record.Links) -> str:
  """A sentence that leads from a TF1 module to the newest SavedModel."""
  numbers = [
    number
    for number, version in handle.spec.promises.items()
    if kinds.get(version.format).is_convertible
  ]
  if not numbers:
    return ''
  newest = model_specs.Handle(
    handle.spec, handle.task, max(numbers), handle.publisher
  )
  return f'In a newer TensorFlow and in Keras, use {links.model(newest)}.'


def _format(
  handle: model_specs.Handle,
  manifest: storage.Manifest | None,
  links: record.Links,
) -> record.Section:
  newer = '' if handle.kind.is_convertible else _newer(handle, links)
  text = markdown.paragraph(*filter(None, (_WHAT[handle.kind.word], newer)))
  return record.Section(
    handle.kind.title,
    (*evidence.warning(manifest), text, *clients.requirement(handle)),
  )


def _sibling(handle: model_specs.Handle, links: record.Links) -> str:
  """A sentence on the same network for the other task."""
  sibling = handle.sibling()
  if sibling is None:
    return 'This model ends in the features; there is no classifier with it.'
  other = links.model(sibling)
  if handle.task == versions.CLASSIFICATION:
    return (
      'This model classifies images. To use the network as the first part of '
      f'another model, take {other}: it ends in the features and is smaller.'
    )
  return (
    'This model ends in the features that the classifier was trained on. For '
    f'the classifier itself, take {other}.'
  )


def _network(spec: model_specs.ModelSpec) -> tuple[str, ...]:
  """Sentences that say what the network is."""
  of_slim = spec.family.network.removesuffix('_quant')
  network = f"The network is TF-Slim's `{of_slim}`"
  trained = f'trained on images of {spec.size} x {spec.size} pixels'
  if spec.multiplier is None:
    return (f'{network}, {trained}.',)
  return (
    f'{network} with a depth multiplier of {spec.multiplier}, {trained}.',
    'The multiplier scales the number of channels in the layers; '
    'with it and the image size, accuracy is traded for speed.',
  )


def paper(family: model_specs.Family) -> str:
  """The paper that a user of the family should cite."""
  cited = family.paper
  return f'{cited.authors}: ["{cited.title}"]({cited.url}), {cited.year}.'


def _overview(
  handle: model_specs.Handle, links: record.Links
) -> record.Section:
  spec = handle.spec
  family = spec.family
  described = markdown.text(spec.own.description) if spec.own else ''
  network = (*_network(spec), *family.notes, *family.checkpoint_notes)
  return record.Section(
    'Overview',
    (
      *([markdown.paragraph(described)] if described else []),
      f'{family.title} comes from this paper:',
      markdown.bullets([paper(family)]),
      markdown.paragraph(*network),
      markdown.paragraph(_sibling(handle, links)),
    ),
  )


def _own_training(
  spec: model_specs.ModelSpec, manifest: storage.Manifest | None
) -> record.Section:
  whose = f'The weights are those of `{spec.publisher}`'
  if manifest is not None and not evidence.is_untrained(manifest):
    whose += (
      f', from the checkpoint {markdown.literal(manifest.weights.checkpoint)}'
    )
  text = markdown.paragraph(
    f'{whose}. The network was trained on {_dataset(spec)}.',
    evidence.weights(manifest),
  )
  return record.Section('Training', (text,))


def _training(
  handle: model_specs.Handle, manifest: storage.Manifest | None
) -> record.Section:
  spec = handle.spec
  if spec.own:
    return _own_training(spec, manifest)
  source = f'[{spec.family.checkpoints_title}]({spec.family.checkpoints_url})'
  text = markdown.paragraph(
    f'The published weights are those of the checkpoint `{spec.checkpoint}` '
    f'([archive]({spec.archive_url})), one of the {source}. The network was '
    f'trained to classify the images of {_dataset(spec)}.',
    evidence.weights(manifest),
  )
  return record.Section('Training', (text,))


def _fine_tuning(handle: model_specs.Handle, features: str) -> record.Section:
  if handle.version.trains:
    return usage.fine_tuning(handle, features)
  return quantization.fine_tuning(features)


def _changelog(handle: model_specs.Handle) -> tuple[record.Section, ...]:
  log = handle.changes()
  if len(log) < 2:  # Of a first version, there are no changes to tell.
    return ()
  parts = tuple(
    record.Section(f'Version {number}', (markdown.bullets(entries),))
    for number, entries in log.items()
  )
  return (record.Section('Changelog', parts=parts),)


def _links_in_tree(handle: model_specs.Handle) -> record.Links:
  """Links between the cards of one tree of documentation."""

  def link(other: model_specs.Handle) -> str:
    folder = '' if other.task == handle.task else f'../{other.task}/'
    return f'[`{other}`]({folder}{other.number}.md)'

  return record.Links(link)


# The card of an export only names other models, as they may not be exported.
_NAMES = record.Links(lambda other: f'`{other}`')


def model_card(
  handle: model_specs.Handle,
  manifest: storage.Manifest | None = None,
  measured: measure.Measurements | None = None,
  links: record.Links | None = None,
) -> record.Card:
  """The card of a model, or of an export of it.

  Args:
    handle: The model.
    manifest: The manifest, if this is the card of an export.
    measured: The speed and accuracy of the export that were measured since.
    links: How other models are mentioned. By default, the card of an export
      names them, and the card of a model links to their cards in the same
      tree.

  Raises:
    ManifestError: The manifest describes another handle's artifact.
  """
  evidence.check_handle(handle, manifest)
  if links is None:
    links = _NAMES if manifest else _links_in_tree(handle)
  features = handle.sibling() or handle
  return record.Card(
    title=f'Module {handle}',
    summary=_summary(handle, manifest),
    metadata=_metadata(handle),
    sections=(
      _format(handle, manifest, links),
      _overview(handle, links),
      evidence.figures(handle, manifest),
      _training(handle, manifest),
      *quantization.sections(handle),
      usage.usage(handle),
      outputs.labels(handle),
      outputs.endpoints(handle),
      _fine_tuning(handle, links.model(features)),
      *conversion.offer(handle, links),
      evidence.verification(handle, manifest),
      evidence.checksums(handle, manifest),
      *origin.provenance(handle, manifest),
      *measured_lib.sections(measured),
      names.also_known_as(handle, links.guide),
      *_changelog(handle),
      origin.licence(handle),
    ),
  )
