"""What slimhub would not write is found, though every answer is right.

Somebody changes a file so that it answers the images of a proof as before, and
changes the manifest and all that lies beside it to fit.
"""

import dataclasses
import itertools
import json
import pathlib
import shutil
from typing import Any

import numpy as np
import onnx
import pytest
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.lite.python import schema_py_generated as schema

from exporter import artifacts
from exporter import proof
from exporter import results as results_lib
from exporter.artifacts import attachments
from exporter.pipeline import batch
from exporter.pipeline import here
from exporter.pipeline import orders
from exporter.storage import places
from model_specs import formats
from tests import some_exports
from tests import some_manifest
from tests import tiny_network

_TF1, _TF2 = (tiny_network.MODEL.handles((number,))[0] for number in (3, 5))
_WORDS = ('litert.float32', 'onnx', 'tfjs.float32')
_LITE, _ONNX, _TFJS = formats.select([_TF2], _WORDS)
_HANDLES = (_TF1, _TF2, _LITE, _ONNX, _TFJS)


@pytest.fixture(scope='module', name='whole')
def _whole(tmp_path_factory) -> pathlib.Path:
  folder = tmp_path_factory.mktemp('whole')
  order = orders.Order(orders.EXPORT, _HANDLES, folder, weights='synthetic')
  with tiny_network.registered():
    done = list(batch.run_orders([order], here.InProcess()))
  assert {result.status for result in done} == {results_lib.EXPORTED}
  return folder


@pytest.fixture(name='exports')
def _exports(whole, tmp_path) -> pathlib.Path:
  return pathlib.Path(shutil.copytree(whole, tmp_path / 'exports'))


def _verify(folder: pathlib.Path, handle: Any) -> results_lib.Result:
  order = orders.Order(orders.VERIFY, (handle,), folder)
  with tiny_network.registered():
    (result,) = batch.run_orders([order], here.InProcess())
  return result


def _model(artifact: pathlib.Path) -> saved_model_pb2.SavedModel:
  data = (artifact / 'saved_model.pb').read_bytes()
  return saved_model_pb2.SavedModel.FromString(data)


def _write(artifact: pathlib.Path, model: saved_model_pb2.SavedModel) -> None:
  (artifact / 'saved_model.pb').write_bytes(model.SerializeToString())


def _another_image_size(artifact: pathlib.Path) -> None:
  """What `hub.get_expected_image_size` reads is of another network."""
  model = _model(artifact)
  for meta in model.meta_graphs:
    attached = meta.collection_def[artifacts.ATTACHMENTS].bytes_list
    attached.value[:] = [attachments.image_size(64, 64)]
  _write(artifact, model)


def _gradients_of_the_opposite_sign(artifact: pathlib.Path) -> None:
  model = _model(artifact)
  for meta in model.meta_graphs:
    functions = meta.graph_def.library.function
    graphs = [meta.graph_def.node, *(each.node_def for each in functions)]
    for node in itertools.chain.from_iterable(graphs):
      if node.op == 'Identity':
        node.attr['_gradient_op_type'].s = b'Neg'
  _write(artifact, model)


def _shapes_of_other_images(artifact: pathlib.Path) -> None:
  """TensorFlow refuses all images, or computes with a wrong shape."""
  model = _model(artifact)
  (meta,) = model.meta_graphs
  for function in meta.graph_def.library.function:
    shapes = function.attr['_input_shapes'].list.shape
    for shape in shapes:
      if len(shape.dim) == 4:
        shape.dim[1].size = shape.dim[2].size = 7
  assert model != _model(artifact)
  _write(artifact, model)


def _say_other_facts(artifact: pathlib.Path) -> None:
  path = artifact / artifacts.FACTS
  facts = json.loads(path.read_text())
  facts['input'] |= {'range': [-1, 1], 'color': 'BGR'}
  path.write_text(json.dumps(facts))


def _without_vectors(artifact: pathlib.Path) -> None:
  (artifact / artifacts.VECTORS).unlink()


def _one_file_more(artifact: pathlib.Path) -> None:
  (artifact / 'assets' / 'more').write_bytes(b'what nobody knows')


_CHANGES = [
  (_TF1, _another_image_size, 'saved_model.pb'),
  (_TF1, _gradients_of_the_opposite_sign, 'saved_model.pb'),
  (_TF2, _gradients_of_the_opposite_sign, 'saved_model.pb'),
  (_TF2, _shapes_of_other_images, 'saved_model.pb'),
  (_TF1, _say_other_facts, artifacts.FACTS),
  (_TF2, _say_other_facts, artifacts.FACTS),
  (_TF2, _without_vectors, artifacts.VECTORS),
  (_TF2, _one_file_more, 'assets/more'),
]


def _fit(exports: pathlib.Path, handle: Any) -> None:
  """Makes the manifest, and what lies beside an artifact, say what it is."""
  place = places.place(exports, handle)
  old = some_manifest.read(place.manifest)
  if not (place.artifact / artifacts.VECTORS).exists():
    left = tuple(c for c in old.proof if c.name != proof.TEST_VECTORS)
    place.manifest.write_text(dataclasses.replace(old, proof=left).to_json())
  some_exports.rehash(exports, handle)


@pytest.mark.parametrize(
  ('handle', 'change', 'file'),
  _CHANGES,
  ids=[f'{change.__name__}-{handle.number}' for handle, change, _ in _CHANGES],
)
def test_what_answers_as_before_is_found(exports, handle, change, file):
  change(places.place(exports, handle).artifact)
  _fit(exports, handle)
  result = _verify(exports, handle)
  assert result.status == results_lib.FAILED
  assert f'is not what this slimhub writes of the weights in it: {file}' in (
    result.reason
  )


def _other_range_lite(file: pathlib.Path) -> None:
  """Programs that read TFLite Metadata feed colours in [0, 2]."""
  data = bytearray(file.read_bytes())
  model = schema.Model.GetRootAs(bytes(data))
  (described,) = (
    model.Buffers(model.Metadata(number).Buffer()).DataAsNumpy().tobytes()
    for number in range(model.MetadataLength())
    if model.Metadata(number).Name() == b'TFLITE_METADATA'
  )
  std = np.float32(255).tobytes()
  assert described.count(std) == 1
  place = bytes(data).index(described)
  data[place : place + len(described)] = described.replace(
    std, np.float32(127.5).tobytes()
  )
  file.write_bytes(data)


def _other_colours_onnx(file: pathlib.Path) -> None:
  model = onnx.load(file)
  for entry in model.metadata_props:
    if entry.key == 'Image.BitmapPixelFormat':
      entry.value = 'Bgr8'
  onnx.save(model, file)


def _other_range_tfjs(folder: pathlib.Path) -> None:
  path = folder / 'model.json'
  model = json.loads(path.read_text())
  model['userDefinedMetadata']['input']['range'] = [-1, 1]
  path.write_text(json.dumps(model))


@pytest.mark.parametrize(
  ('handle', 'change'),
  [
    (_LITE, _other_range_lite),
    (_ONNX, _other_colours_onnx),
    (_TFJS, _other_range_tfjs),
  ],
  ids=['litert', 'onnx', 'tfjs'],
)
def test_a_converted_file_that_describes_itself_wrongly_is_found(
  exports, handle, change
):
  assert _verify(exports, handle).status == results_lib.VERIFIED
  change(places.place(exports, handle).artifact)
  some_exports.rehash(exports, handle)
  assert 'is not what this slimhub writes' in _verify(exports, handle).reason


def test_where_other_packages_wrote_it_that_is_said(exports):
  place = places.place(exports, _TF2)
  old = some_manifest.read(place.manifest)
  libraries = {**old.libraries, 'tensorflow': '2.16.0'}
  other = dataclasses.replace(old, libraries=libraries)
  place.manifest.write_text(other.to_json())
  some_exports.rehash(exports, _TF2)
  result = _verify(exports, _TF2)
  assert result.status == results_lib.VERIFIED
  says = 'not written again to compare, as tensorflow was 2.16.0, is '
  assert result.reason.startswith(says)
  assert _verify(exports, _TF1).reason == ''
