"""The keys of a spec file: what its tables may say about a model."""

from collections.abc import Callable
import dataclasses
import math
import re
from typing import Any

from model_specs import published


def _is_number(value: object) -> bool:
  is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
  return is_number and math.isfinite(value)  # type: ignore[arg-type]


def _is_count(value: object) -> bool:
  return isinstance(value, int) and _is_number(value) and value > 0


def _are_numbers(value: object, count: int) -> bool:
  return (
    isinstance(value, list)
    and len(value) == count
    and all(map(_is_number, value))
  )


@dataclasses.dataclass(frozen=True)
class Kind:
  """What a value must be, as code, for a person and for an editor."""

  expected: str  # For an error message.
  is_met: Callable[[Any], bool]
  schema: dict[str, Any]


def _pattern(expected: str, pattern: str) -> Kind:
  return Kind(
    expected,
    lambda value: (
      isinstance(value, str) and re.fullmatch(pattern, value) is not None
    ),
    {'type': 'string', 'pattern': f'^{pattern}$'},
  )


_TEXT = Kind(
  'a text that is not empty',
  lambda value: isinstance(value, str) and bool(value.strip()),
  {'type': 'string', 'minLength': 1},
)
_TEXTS = Kind(
  'a list of texts that are not empty',
  lambda value: (
    isinstance(value, list) and bool(value) and all(map(_TEXT.is_met, value))
  ),
  {'type': 'array', 'items': _TEXT.schema, 'minItems': 1},
)
_COUNT = Kind(
  'a whole number above 0', _is_count, {'type': 'integer', 'minimum': 1}
)
_FACTOR = Kind(
  'a number above 0',
  lambda value: _is_number(value) and value > 0,
  {'type': 'number', 'exclusiveMinimum': 0},
)
_PERCENT = Kind(
  'a number above 0 and at most 100',
  lambda value: _is_number(value) and 0 < value <= 100,
  {'type': 'number', 'exclusiveMinimum': 0, 'maximum': 100},
)
_FLAG = Kind(
  'true or false',
  lambda value: isinstance(value, bool),
  {'type': 'boolean'},
)
_RANGE = Kind(
  'two numbers, the lower first',
  lambda value: _are_numbers(value, 2) and value[0] < value[1],
  {
    'type': 'array',
    'items': {'type': 'number'},
    'minItems': 2,
    'maxItems': 2,
  },
)
_COLOUR = Kind(
  'three numbers, of red, green and blue',
  lambda value: _are_numbers(value, 3),
  {
    'type': 'array',
    'items': {'type': 'number'},
    'minItems': 3,
    'maxItems': 3,
  },
)
_PART = _pattern(
  'lower-case letters, digits, - and _, a letter or digit first',
  r'[a-z\d][a-z\d_-]*',
)
_PUBLISHER = _pattern('lower-case letters, digits and -', r'[a-z\d-]+')
_NAME = _pattern(
  'lower-case letters, digits and _, a letter first', r'[a-z][a-z\d_]*'
)
_NETWORK = Kind(
  'one of ' + ', '.join(published.NETWORKS),
  lambda value: isinstance(value, str) and value in published.NETWORKS,
  {'enum': list(published.NETWORKS)},
)


@dataclasses.dataclass(frozen=True)
class Key:
  """A key of a table, and what its value means."""

  name: str
  kind: Kind
  text: str  # Explains it to the person who fills in the file.
  example: Any
  is_required: bool = False


KEYS = (
  Key(
    'publisher',
    _PUBLISHER,
    'Whose model it is, and the first part of its handles.',
    'acme',
    is_required=True,
  ),
  Key(
    'dataset',
    _PART,
    'What it was trained on, and the second part of its handles.',
    'flowers',
    is_required=True,
  ),
  Key(
    'name',
    _NAME,
    'What it is called, and the third part of its handles.',
    'flowers_mobilenet',
    is_required=True,
  ),
  Key(
    'version',
    _COUNT,
    'Last part of the handles of its TF2 SavedModel, which does all that '
    'version 5 of the published models does. Count it up with every new '
    'checkpoint. Without it: 1.',
    2,
  ),
  Key(
    'tf1_version',
    _COUNT,
    'Last part of the handles of its TF1 hub.Module, which does all that '
    'version 3 of the published models does; another number than `version`. '
    'Without it there is no TF1 module.',
    1,
  ),
  Key(
    'network',
    _NETWORK,
    'The network of TF-Slim: ' + ', '.join(published.NETWORKS) + '.',
    'mobilenet_v2',
    is_required=True,
  ),
  Key(
    'multiplier',
    _FACTOR,
    'Depth multiplier of a MobileNet. Without it: 1.0. The other networks '
    'have none.',
    1.0,
  ),
  Key(
    'size',
    _COUNT,
    'Height and width, in pixels, of the images that it was trained on.',
    224,
    is_required=True,
  ),
  Key(
    'num_classes',
    _COUNT,
    "Width of the checkpoint's logits, a class for the background included. "
    'Leave it out if the checkpoint has no classifier: the model is then '
    'exported as feature vectors alone.',
    5,
  ),
  Key(
    'background',
    _FLAG,
    'Whether class 0 is the background, as in most networks that TF-Slim '
    'published. Without it: false.',
    False,
  ),
  Key(
    'label_file',
    _TEXT,
    'Names of the classes, one a line in the order of the logits, plain or as '
    "TF-Slim writes them (`0:daisy`); the background's may be left out. A path "
    'from the folder of this file.',
    'labels.txt',
  ),
  Key(
    'labels',
    _TEXTS,
    'The same names here, instead of a file.',
    ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips'],
  ),
  Key(
    'input_range',
    _RANGE,
    'What the network was trained to see for black and for white. The model '
    'takes colours in [0, 1] and maps them itself. Without it: as the '
    'published models of the network.',
    [-1.0, 1.0],
  ),
  Key(
    'input_mean',
    _COLOUR,
    'What is subtracted from red, green and blue after that. Without it: '
    'nothing, or, without input_range too, as the published models.',
    [0.0, 0.0, 0.0],
  ),
  Key(
    'checkpoint',
    _TEXT,
    'The trained weights: the prefix of a checkpoint (train/model.ckpt-5000), '
    'a folder, which means its last checkpoint, or an archive with one '
    'checkpoint. A path from the folder of this file, else from '
    '--checkpoint_dir.',
    'train/model.ckpt-5000',
  ),
  Key(
    'license',
    _TEXT,
    'Licence of the weights, as cards and files state it.',
    'Apache-2.0',
  ),
  Key(
    'license_url',
    _TEXT,
    'Where that licence stands.',
    'https://spdx.org/licenses/Apache-2.0.html',
  ),
  Key(
    'description',
    _TEXT,
    'A sentence or more on what it is good for, for the cards.',
    'Tells five kinds of flowers apart.',
  ),
  Key(
    'dataset_title',
    _TEXT,
    'What cards call the dataset. Without it: `dataset`.',
    'Five Flowers',
  ),
  Key(
    'top1_percent',
    _PERCENT,
    'Part of the pictures whose most probable class is right, as you '
    'measured it.',
    93.1,
  ),
  Key(
    'top5_percent',
    _PERCENT,
    'Part of the pictures whose class is among the five most probable.',
    99.0,
  ),
  Key(
    'measured_on',
    _TEXT,
    'How that was measured: which pictures, how many, which crop.',
    '350 photographs kept from training, central crop of 87.5 %',
  ),
)
BY_NAME = {key.name: key for key in KEYS}
