"""The sections of a card on outputs: labels and endpoints."""

import itertools
import re

from exporter import markdown
from exporter.cards import record
from exporter.cards import snippets
import model_specs
from model_specs import kinds
from model_specs import labels as labels_lib
from model_specs import versions

_LABELS = '`assets.extra/labels.txt`'
_TOP_5 = {kinds.TF1: snippets.HUB_TOP_5, kinds.TF2: snippets.TOP_5}
# The arguments that ask for endpoints, and code that does so.
_ENDPOINTS = {
  kinds.TF1: (
    '`signature="image_{}"` and `as_dict=True`',
    snippets.HUB_ENDPOINTS,
  ),
  kinds.TF2: ('`return_endpoints=True`', snippets.ENDPOINTS),
}
_NUMBERED_LAYER = re.compile(r'.*?_[0-9]+')


def _of_features(handle: model_specs.Handle) -> str:
  """Why a feature vector has no labels, and where those of its network are."""
  named = []
  sibling = handle.sibling()
  if sibling and labels_lib.of(sibling):
    named = [
      f'The {handle.spec.num_classes} classes that the network was trained on '
      f'are named in {_LABELS} of `{sibling}`.'
    ]
  return markdown.paragraph('A feature vector has no labels.', *named)


def labels(handle: model_specs.Handle) -> record.Section:
  """Says which class each number of the output stands for."""
  classes, own = handle.spec.num_classes, handle.spec.own
  if handle.task == versions.FEATURE_VECTOR:
    return record.Section('Labels', (_of_features(handle),))
  if not labels_lib.of(handle):
    text = f'Nobody named the {classes} classes that the logits stand for.'
    return record.Section('Labels', (text,))
  if own:
    title = markdown.text(own.dataset_title)
    name = markdown.text(labels_lib.of(handle)[0])
    first = f'Index 0, {name}, is the background. ' if own.background else ''
    order = f'{first}They are the classes of {title}.'
  elif handle.spec.has_background:
    order = (
      f'Index 0 is `background`; the {handle.num_outputs - 1} classes of '
      'ImageNet follow.'
    )
  else:
    order = (
      'They are the classes of ImageNet; index 0 is the first of them, and '
      'none is for the background.'
    )
  text = markdown.paragraph(
    f'{_LABELS} in the folder of the model names the {classes} classes, one '
    f'a line, in the order of the logits. {order} The five most probable '
    'classes of an image:'
  )
  snippet = snippets.fill(_TOP_5[handle.kind.word], handle)
  return record.Section('Labels', (text, snippet))


def _layer(endpoint: str) -> str:
  """The layer of an endpoint: x/Conv2d_3 for x/Conv2d_3_depthwise."""
  match = _NUMBERED_LAYER.match(endpoint)
  return match[0] if match else endpoint


def endpoints(handle: model_specs.Handle) -> record.Section:
  """Says how to get the outputs of inner layers, and lists their names."""
  how, snippet = _ENDPOINTS[handle.kind.word]
  how = how.format(handle.task)
  text = markdown.paragraph(
    f'Called with {how}, the model returns a dictionary: its output as '
    f'`default`, and {len(handle.endpoints)} endpoints: what layers inside '
    'the network put out.'
  )
  names = markdown.bullets(
    ', '.join(f'`{name}`' for name in names)
    for _, names in itertools.groupby(handle.endpoints, _layer)
  )
  return record.Section(
    'Endpoints',
    (
      text,
      snippets.fill(snippet, handle),
      'These are the names, one layer a line:',
      names,
    ),
  )
