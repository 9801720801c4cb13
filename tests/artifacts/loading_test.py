"""What is loaded as users load it answers as its source does."""

import shutil

import numpy as np
import pytest
from tensorflow.core.protobuf import saved_model_pb2

from exporter import errors
from exporter.artifacts import loading
from exporter.checkpoints import synthetic
from tests import artifacts_made as artifacts
from tests import conversions_made

_LOADERS = {
  1: loading.load_tf1,
  3: loading.load_tf1,
  4: loading.load_tf2,
  5: loading.load_tf2,
}


@pytest.mark.parametrize('number', _LOADERS)
@pytest.mark.parametrize('task', ['classification', 'feature_vector'])
def test_runs_what_the_source_computes(task, number):
  name = f'{artifacts.TINY}/{task}/{number}'
  run = _LOADERS[number](artifacts.handle(name), artifacts.folder(name))
  images = synthetic.synthetic_images(3, 32, 32)
  expected = conversions_made.expected(name, images)
  np.testing.assert_allclose(run(images), expected, atol=1e-5)


@pytest.mark.parametrize('number', [3, 5])
def test_what_is_no_artifact_is_one_error(number, tmp_path):
  handle = artifacts.handle(f'{artifacts.TINY}/classification/{number}')
  with pytest.raises(errors.ProofError, match='slimhub verify'):
    _LOADERS[number](handle, tmp_path)


def test_whatever_a_loader_raises_is_that_error(tmp_path):
  name = f'{artifacts.TINY}/classification/5'
  folder = tmp_path / 'model'
  shutil.copytree(artifacts.folder(name), folder)
  program = saved_model_pb2.SavedModel()
  program.ParseFromString((folder / 'saved_model.pb').read_bytes())
  for node in program.meta_graphs[0].object_graph_def.nodes:
    for child in node.children:
      child.node_id = 10**6  # An IndexError in TensorFlow.
  (folder / 'saved_model.pb').write_bytes(program.SerializeToString())
  with pytest.raises(errors.ProofError, match='cannot be loaded from'):
    loading.load_tf2(artifacts.handle(name), folder)
