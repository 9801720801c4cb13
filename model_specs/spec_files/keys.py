"""The keys of a spec file: what its tables may say about a model."""

import dataclasses
from typing import Any

from model_specs import published
from model_specs.spec_files import values


@dataclasses.dataclass(frozen=True)
class Key:
  """A key of a table, and what its value means."""

  name: str
  kind: values.Kind
  text: str  # Explains it to the person who fills in the file.
  example: Any
  is_required: bool = False


KEYS = (
  Key(
    'publisher',
    values.PUBLISHER,
    'Whose model it is, and the first part of its handles.',
    'acme',
    is_required=True,
  ),
  Key(
    'dataset',
    values.PART,
    'What it was trained on, and the second part of its handles.',
    'flowers',
    is_required=True,
  ),
  Key(
    'name',
    values.NAME,
    'What it is called, and the third part of its handles.',
    'flowers_mobilenet',
    is_required=True,
  ),
  Key(
    'version',
    values.COUNT,
    'Last part of the handles of its TF2 SavedModel, which does all that '
    'version 5 of the published models does. Count it up with every new '
    'checkpoint. Without it: 1.',
    2,
  ),
  Key(
    'tf1_version',
    values.COUNT,
    'Last part of the handles of its TF1 hub.Module, which does all that '
    'version 3 of the published models does; another number than `version`. '
    'Without it there is no TF1 module.',
    1,
  ),
  Key(
    'network',
    values.NETWORK,
    'The network of TF-Slim: ' + ', '.join(published.NETWORKS) + '.',
    'mobilenet_v2',
    is_required=True,
  ),
  Key(
    'multiplier',
    values.FACTOR,
    'Depth multiplier of a MobileNet. Without it: 1.0. The other networks '
    'have none.',
    1.0,
  ),
  Key(
    'size',
    values.SIDE,
    'Height and width, in pixels, of the images that it was trained on.',
    224,
    is_required=True,
  ),
  Key(
    'num_classes',
    values.COUNT,
    "Width of the checkpoint's logits, a class for the background included. "
    'Leave it out if the checkpoint has no classifier: the model is then '
    'exported as feature vectors alone.',
    5,
  ),
  Key(
    'background',
    values.FLAG,
    'Whether class 0 is the background, as in most networks that TF-Slim '
    'published. Without it: false.',
    False,
  ),
  Key(
    'label_file',
    values.LINE,
    'Names of the classes, one a line in the order of the logits, plain or as '
    "TF-Slim writes them (`0:daisy`); the background's may be left out. A path "
    'in the folder of this file or below.',
    'labels.txt',
  ),
  Key(
    'labels',
    values.LINES,
    'The same names here, instead of a file.',
    ['daisy', 'dandelion', 'roses', 'sunflowers', 'tulips'],
  ),
  Key(
    'input_range',
    values.RANGE,
    'What the network was trained to see for black and for white. The model '
    'takes colours in [0, 1] and maps them itself. Without it: as TF-Slim '
    'trains the network.',
    [-1.0, 1.0],
  ),
  Key(
    'input_mean',
    values.COLOUR,
    'What is subtracted from red, green and blue after that. Without it: '
    'nothing, or, without input_range too, as TF-Slim trains the network.',
    [0.0, 0.0, 0.0],
  ),
  Key(
    'checkpoint',
    values.LINE,
    'The trained weights: the prefix of a checkpoint (train/model.ckpt-5000), '
    'a folder, which means its last checkpoint, or an archive with one '
    'checkpoint. A path from the folder of this file, else from '
    '--checkpoint_dir.',
    'train/model.ckpt-5000',
  ),
  Key(
    'license',
    values.LINE,
    'Licence of the weights, as cards and files state it.',
    'Apache-2.0',
  ),
  Key(
    'license_url',
    values.URL,
    'Where that licence stands.',
    'https://spdx.org/licenses/Apache-2.0.html',
  ),
  Key(
    'description',
    values.PROSE,
    'A sentence or more on what it is good for, for the cards.',
    'Tells five kinds of flowers apart.',
  ),
  Key(
    'dataset_title',
    values.LINE,
    'What cards call the dataset. Without it: `dataset`.',
    'Five Flowers',
  ),
  Key(
    'top1_percent',
    values.PERCENT,
    'Part of the pictures whose most probable class is right, as you '
    'measured it.',
    93.1,
  ),
  Key(
    'top5_percent',
    values.PERCENT,
    'Part of the pictures whose class is among the five most probable.',
    99.0,
  ),
  Key(
    'measured_on',
    values.LINE,
    'How that was measured: which pictures, how many, which crop.',
    '350 photographs kept from training, central crop of 87.5 %',
  ),
  Key(
    'also_known_as',
    values.OTHER_NAMES,
    'Other names that programs ask for it by, without https:// and the host, '
    'each with the TASK/VERSION that it means.',
    {'acme/old_flowers/classification/3': 'classification/2'},
  ),
)
BY_NAME = {key.name: key for key in KEYS}
