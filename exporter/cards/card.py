"""A model card: what a reader must know to choose and use one model."""

from collections.abc import Callable
from collections.abc import Sequence
import re

from exporter import markdown
from exporter import storage
from exporter.cards import clients
from exporter.cards import conversion
from exporter.cards import evidence
from exporter.cards import outputs
from exporter.cards import usage
import model_specs
from model_specs import kinds
from model_specs import versions

Link = Callable[[model_specs.Handle], str]  # Markdown that mentions a handle.

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
_LICENSES_URL = 'https://spdx.org/licenses'


def _dataset(spec: model_specs.ModelSpec) -> str:
  return spec.own.dataset_title if spec.own else _IMAGENET


def description(
  handle: model_specs.Handle, made: storage.Manifest | None
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
  if evidence.is_untrained(made):
    does = (
      f'UNTRAINED weights, to test software only: {does[0].lower()}{does[1:]}'
    )
  return f'{does}.'


def _license_tag(spec: model_specs.ModelSpec) -> str:
  """As tfhub.dev spells it; what has no name there is `custom`."""
  tag = spec.license.lower()
  is_named = not tag.startswith('licenseref') and re.fullmatch(r'[\w.-]*', tag)
  return tag if is_named else 'custom'


def _metadata(handle: model_specs.Handle) -> str:
  spec = handle.spec
  values = {
    'asset-path': f'{handle}.tar.gz',
    'task': 'image-' + handle.task.replace('_', '-'),
    'fine-tunable': 'true',
    'format': handle.version.format,
    'network-architecture': spec.family.architecture,
    'dataset': spec.dataset,
    'license': _license_tag(spec),
  }
  return '\n'.join(
    f'<!-- {key}: {value} -->' for key, value in values.items() if value
  )


def _newer(handle: model_specs.Handle, link: Link) -> str:
  """Where a reader with a newer TensorFlow should go."""
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
  return f'In a newer TensorFlow and in Keras, use {link(newest)}.'


def _format(
  handle: model_specs.Handle, made: storage.Manifest | None, link: Link
) -> str:
  newer = '' if handle.kind.is_convertible else _newer(handle, link)
  return markdown.section(
    handle.kind.title,
    *evidence.warning(made),
    markdown.paragraph(*filter(None, (_WHAT[handle.kind.word], newer))),
    *clients.requirement(handle),
  )


def _sibling(handle: model_specs.Handle, link: Link) -> str:
  sibling = handle.sibling()
  if sibling is None:
    return 'This model ends in the features; there is no classifier with it.'
  other = link(sibling)
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
  """A sentence or two on what the network is."""
  network = f"The network is TF-Slim's `{spec.family.network}`"
  trained = f'trained on images of {spec.size} x {spec.size} pixels'
  if spec.multiplier is None:
    return (f'{network}, {trained}.',)
  return (
    f'{network} with a depth multiplier of {spec.multiplier}, {trained}.',
    'The multiplier scales the number of channels in the layers; '
    'with it and the image size, accuracy is traded for speed.',
  )


def paper(family: model_specs.Family) -> str:
  """What to cite."""
  cited = family.paper
  return f'{cited.authors}: ["{cited.title}"]({cited.url}), {cited.year}.'


def _overview(handle: model_specs.Handle, link: Link) -> str:
  spec = handle.spec
  family = spec.family
  described = [spec.own.description] if spec.own else []
  return markdown.section(
    'Overview',
    *(markdown.paragraph(text) for text in described if text),
    f'{family.title} comes from this paper:',
    markdown.bullets([paper(family)]),
    markdown.paragraph(
      *_network(spec), *family.notes, *family.checkpoint_notes
    ),
    markdown.paragraph(_sibling(handle, link)),
  )


def _own_training(
  spec: model_specs.ModelSpec, made: storage.Manifest | None
) -> str:
  whose = f'The weights are those of `{spec.publisher}`'
  if made is not None and not evidence.is_untrained(made):
    whose += f', from the checkpoint `{made.weights.checkpoint}`'
  return markdown.section(
    'Training',
    markdown.paragraph(
      f'{whose}. The network was trained on {_dataset(spec)}.',
      evidence.weights(made),
    ),
  )


def _training(handle: model_specs.Handle, made: storage.Manifest | None) -> str:
  spec = handle.spec
  if spec.own:
    return _own_training(spec, made)
  source = f'[{spec.family.checkpoints_title}]({spec.family.checkpoints_url})'
  return markdown.section(
    'Training',
    markdown.paragraph(
      f'The published weights are those of the checkpoint `{spec.checkpoint}` '
      f'([archive]({spec.archive_url})), one of the {source}. The network was '
      f'trained to classify the images of {_dataset(spec)}.',
      evidence.weights(made),
    ),
  )


def _changelog(handle: model_specs.Handle) -> tuple[str, ...]:
  log = handle.changes()
  if len(log) < 2:  # It would say that there was no change.
    return ()
  blocks = []
  for number, entries in log.items():
    blocks += [f'#### Version {number}', markdown.bullets(entries)]
  return (markdown.section('Changelog', *blocks),)


def _licence(handle: model_specs.Handle) -> str:
  name, own = handle.spec.license, handle.spec.own
  url = own.license_url if own else f'{_LICENSES_URL}/{name}.html'
  text = f'The model is published under {f"[{name}]({url})" if url else name}.'
  if not name:
    text = f'`{handle.publisher}` states no licence.'
  return markdown.section('Licence', markdown.paragraph(text))


def _relative(
  handle: model_specs.Handle, made: storage.Manifest | None
) -> Link:
  """Links between cards of one tree; an artifact may be alone in its own."""

  def link(other: model_specs.Handle) -> str:
    if made is not None:
      return f'`{other}`'
    folder = '' if other.task == handle.task else f'../{other.task}/'
    return f'[`{other}`]({folder}{other.number}.md)'

  return link


def sections(
  handle: model_specs.Handle,
  made: storage.Manifest | None,
  link: Link,
  more: Sequence[str] = (),
) -> str:
  """The card from its first section on; `link` mentions other handles."""
  features = handle.sibling() or handle
  return '\n\n'.join(
    (
      _format(handle, made, link),
      _overview(handle, link),
      evidence.figures(handle, made),
      _training(handle, made),
      usage.usage(handle),
      outputs.labels(handle),
      outputs.endpoints(handle),
      usage.fine_tuning(handle, link(features)),
      *conversion.offer(handle),
      evidence.verification(handle, made),
      evidence.checksums(handle, made),
      *more,
      *_changelog(handle),
      _licence(handle),
    )
  )


def render_card(
  handle: model_specs.Handle,
  made: storage.Manifest | None = None,
  more: Sequence[str] = (),
) -> str:
  """The card of a model, or of the artifact that `made` describes.

  Args:
    handle: The model.
    made: What was made, if this is the card of an export.
    more: Sections of its own.

  Returns:
    The text.

  Raises:
    ValueError: `made` describes another handle's artifact.
  """
  if made is not None and made.handle != str(handle):
    raise ValueError(
      f'the manifest is of {made.handle}, expected that of {handle}'
    )
  head = f'# Module {handle}\n{description(handle, made)}'
  body = sections(handle, made, _relative(handle, made), more)
  return '\n\n'.join((head, _metadata(handle), body)) + '\n'
