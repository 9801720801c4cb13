"""Folders as the model zoo of ONNX has them: a file, and data to test it with.

ONNX's own test runners, and those of many runtimes, read such folders.
"""

from collections.abc import Iterable
from collections.abc import Iterator
import dataclasses
import pathlib

import numpy as np

from exporter import artifacts
from exporter import cards
from exporter import environment
from exporter import errors
from exporter import markdown
from exporter import storage
from exporter.publishing import content
from exporter.publishing import readme
from exporter.publishing import rewiring
from exporter.publishing import upload as upload_lib
from model_specs import formats
from model_specs import kinds

_FOLDER = 'test_data_set_'


def _tensor(name: str, values: np.ndarray) -> content.Content:
  """A tensor as a protocol buffer of ONNX."""
  from onnx import numpy_helper

  tensor = numpy_helper.from_array(np.ascontiguousarray(values), name)
  return content.of_data(tensor.SerializeToString(deterministic=True))


def _vectors(item: storage.Item) -> 'artifacts.Vectors':
  """The test vectors of the SavedModel that a file was converted from.

  Raises:
    ManifestError: It is not there, or has other weights or no vectors.
  """
  origin = item.handle.origin
  export = storage.find_export(item.root, origin.stem)
  if export is None:
    raise errors.ManifestError(
      f'{item.handle} has its test data from {origin}, which is not beside it; '
      'export it with --formats=tf2,onnx'
    )
  storage.check_same_weights(item.manifest, export.manifest.weights)
  return artifacts.read_vectors(
    storage.Item(export.root, export.manifest, origin)
  )


def _readme(item: storage.Item) -> str:
  """The card, with snippets that load the file where it lies."""
  card = rewiring.describe(item)
  about = markdown.paragraph(
    f'`{_FOLDER}0` and `{_FOLDER}1` have a picture each, and what the original '
    'network answers on it, as protocol buffers of ONNX.'
  )
  sections = (*card.sections, cards.Section('Test data', (about,)))
  card = dataclasses.replace(card, metadata={}, sections=sections)
  there = f'exports/{item.handle}'
  return card.to_markdown().replace(there, item.handle.kind.file)


class TestedModel(upload_lib.Upload):
  """An ONNX file, the data to test it with, and what vouches for it."""

  def concerns(self, name: str) -> bool:
    """Whether an export that cannot be used is another version of this one."""
    handle = self.items[0].handle
    conversion = handle.stem.removeprefix(str(handle.origin))
    return super().concerns(name) and name.endswith(conversion)

  def files(self) -> content.Files:
    """The files; the test data has a folder for each picture."""
    environment.require('onnx')
    (item,) = self.items
    kind, vectors = item.handle.kind, _vectors(item)
    images, outputs = vectors.images, vectors.outputs[item.handle.output]
    if kind.layout == kinds.NCHW:
      images = np.moveaxis(images, -1, 1)
    tests: dict[str, content.Content] = {}
    for number in range(len(images)):
      folder, one = f'{_FOLDER}{number}', slice(number, number + 1)
      tests |= {
        f'{folder}/input_0.pb': _tensor(formats.INPUT, images[one]),
        f'{folder}/output_0.pb': _tensor(item.handle.output, outputs[one]),
      }
    return content.joined(
      {readme.README: content.of_text(_readme(item))},
      content.of_export(item),
      content.vouching(item, kind.name),
      tests,
    )

  def commands(self, folder: pathlib.Path) -> tuple[str, ...]:
    """None: the zoo takes its models by pull requests."""
    del folder
    return ()


def models(
  items: Iterable[storage.Item], account: str
) -> Iterator[TestedModel]:
  """A folder for each ONNX file, of the newest version of its model.

  Args:
    items: The exports, of which those of other formats are left out.
    account: The first part of the folders' names; the publishers if it is
      empty.

  Raises:
    PublishError: There is no ONNX file.
  """
  files = [item for item in items if item.handle.kind.group == kinds.ONNX]
  if not files:
    raise errors.PublishError(
      '--layout=onnx_zoo takes ONNX files, and none of these exports is one; '
      '`slimhub export --formats=tf2,onnx` converts TF2 versions'
    )
  for item, note in upload_lib.newest_of_each(files):
    handle = item.handle
    name = upload_lib.repository(handle)
    yield TestedModel(
      f'{account or handle.publisher}/{name}/{handle.kind.name}', [item], note
    )
