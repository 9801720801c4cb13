"""What to do about a checkpoint whose variables all have one problem."""

import re

import numpy as np
import pytest

from exporter import errors
from exporter.checkpoints import checkpoint
from exporter.checkpoints import prefixes
from exporter.checkpoints import reader
from exporter.checkpoints import synthetic
from tests import checkpoints_made as checkpoints
from tests import oracles
from tests import tiny_network


def _refuse(folder, tensors, says) -> None:
  path = checkpoints.write(folder / 'x', tensors)
  opened = reader.Reader(prefixes.files_at(path))
  with pytest.raises(errors.CheckpointError, match=re.escape(says)):
    checkpoint.read(opened, tiny_network.wanted(), 'auto')


@pytest.mark.parametrize('kind', [np.float16, np.float64])
def test_values_of_another_type_can_be_saved_again(tmp_path, kind):
  tensors = tiny_network.tensors()
  others = {name: value.astype(kind) for name, value in tensors.items()}
  _refuse(tmp_path, others, 'save them as float32 under the same names')


def test_values_of_which_some_are_of_another_type_can_be_saved_again(tmp_path):
  """As of a training in float16, whose batch norm stays in float32."""
  tensors = {
    name: value.astype(np.float16) if name.endswith('weights') else value
    for name, value in tiny_network.tensors().items()
  }
  _refuse(tmp_path, tensors, 'save them as float32 under the same names')


@pytest.mark.parametrize(
  ('averaged', 'says'),
  [
    (1, '1 of {} variables have moving averages and the others none'),
    (2, '2 of {} variables have moving averages and the others none'),
  ],
)
def test_averages_of_some_variables_are_counted(tmp_path, averaged, says):
  """As of a training of the last layers alone."""
  tensors = tiny_network.tensors()
  trainable = sorted(tiny_network.wanted().trainable)
  averages = {
    f'{name}/ExponentialMovingAverage': tensors[name]
    for name in trainable[:averaged]
  }
  _refuse(tmp_path, {**tensors, **averages}, says.format(len(trainable)))


def test_one_value_of_another_type_is_of_another_checkpoint(tmp_path):
  tensors = tiny_network.tensors()
  name = 'Tiny/Conv2d_0/weights'
  tensors[name] = tensors[name].astype(np.float64)
  _refuse(tmp_path, tensors, 'put the checkpoint that was trained for this')


def test_objects_are_told_from_variables(tmp_path):
  names = ('_CHECKPOINTABLE_OBJECT_GRAPH', 'model/kernel')
  objects = {name: np.zeros([2], np.float32) for name in names}
  _refuse(tmp_path, objects, 'it is an object-based checkpoint, of Keras')


def test_another_network_that_nobody_knows_is_described(tmp_path):
  tensors = {n: np.zeros(3, np.float32) for n in ('global_step', 'Other/a')}
  says = (
    'it is of another network: its variables begin with Other, expected Tiny; '
    'put the checkpoint that was trained for this model in its place'
  )
  _refuse(tmp_path, tensors, says)


def test_a_classifier_without_its_biases_is_of_no_other_network(tmp_path):
  known = oracles.get('mobilenet_v2_035_96')
  shapes = {
    name: (*shape[:-1], 7) if 'Logits/' in name else shape
    for name, shape in known.shapes.items()
  }
  tensors = synthetic.tensors(shapes)
  averages = {
    f'{name}/ExponentialMovingAverage': tensors[name]
    for name in known.trainable
  }
  (biases,) = (name for name in tensors if name.endswith('1x1/biases'))
  lacking = {
    name: tensor
    for name, tensor in {**tensors, **averages}.items()
    if not name.startswith(biases)
  }
  path = checkpoints.write(tmp_path / 'x', lacking)
  opened = reader.Reader(prefixes.files_at(path))
  wanted = checkpoint.Wanted(shapes, known.trainable)
  with pytest.raises(errors.CheckpointError, match='1 of 262 var') as raised:
    checkpoint.read(opened, wanted, 'auto')
  advice = str(raised.value).splitlines()[-1]
  assert advice == (
    'put the checkpoint that was trained for this model in its place'
  )
