"""A model's checkpoint is read by one call, of whichever kind it is."""

from typing import Any

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import reading
import model_specs
from tests import checkpoints_made
from tests import some_spec_file
from tests import tiny_network


def test_a_published_checkpoint(tmp_path):
  tensors = tiny_network.tensors()
  checkpoints_made.write(tmp_path / tiny_network.MODEL.checkpoint, tensors)
  with tiny_network.registered():
    checkpoint = reading.read_checkpoint(
      tiny_network.MODEL, checkpoint_dir=str(tmp_path)
    )
  assert checkpoint.kind == 'raw'
  assert checkpoint.tensors.keys() == tensors.keys()
  for name, tensor in checkpoint.tensors.items():
    np.testing.assert_array_equal(tensor, tensors[name])


def test_an_own_one_where_its_spec_says(tmp_path):
  model = some_spec_file.model(checkpoint='nowhere.ckpt')
  with pytest.raises(errors.CheckpointError, match=r'nowhere\.ckpt'):
    reading.read_checkpoint(model, checkpoint_dir=tmp_path)


def test_synthetic_weights_by_that_word_alone(tmp_path, monkeypatch):
  monkeypatch.setenv('SLIMHUB_HOME', str(tmp_path))
  with tiny_network.registered():
    checkpoint = reading.read_checkpoint(
      tiny_network.MODEL, weights='synthetic'
    )
    assert checkpoint.kind == 'synthetic'
    with pytest.raises(errors.CheckpointError, match='slimhub fetch'):
      reading.read_checkpoint(tiny_network.MODEL)


def test_weights_that_are_no_choice_are_refused():
  raw: Any = 'Raw'
  with pytest.raises(errors.OrderError, match="weights='Raw', expected one of"):
    reading.read_checkpoint('mobilenet_v1_025_128', weights=raw)


def test_a_published_model_goes_by_its_name(tmp_path):
  with pytest.raises(errors.CheckpointError, match='mobilenet_v1_025_128'):
    reading.read_checkpoint('mobilenet_v1_025_128', checkpoint_dir=tmp_path)
  with pytest.raises(model_specs.UnknownNameError):
    reading.read_checkpoint('mobilnet', checkpoint_dir=tmp_path)
