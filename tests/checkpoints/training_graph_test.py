"""What the graph beside a checkpoint says of the network is compared.

The graphs are those of networks that were built with other settings, as
trainings of people who changed TF-Slim's code have them, beside weights that
fit all the same.
"""

import pathlib
import tarfile

import numpy as np
import pytest
import tensorflow as tf

from exporter import checkpoints
from exporter.checkpoints import training_graph
from tests import checkpoints_made
from tests.checkpoints import some_own

_FIRST = 'MobilenetV1/Conv2d_0'
_GRAPH = some_own.GRAPH


def _changed(change, graph=_GRAPH) -> tf.compat.v1.GraphDef:
  """A graph of which each node was changed."""
  changed = tf.compat.v1.GraphDef()
  changed.CopyFrom(graph)
  for node in changed.node:
    change(node)
  return changed


def _write(
  folder: pathlib.Path, graph: tf.compat.v1.GraphDef, scope=''
) -> None:
  """Writes a checkpoint and the graph beside it, as a Saver does."""
  start = f'{scope}/' if scope else ''
  tensors = {f'{start}{n}': t for n, t in some_own.TENSORS.items()}
  checkpoints_made.write(folder / 'model.ckpt-7', tensors)
  with tf.Graph().as_default() as live:
    tf.import_graph_def(graph, name=scope)
    tf.compat.v1.train.export_meta_graph(
      f'{folder}/model.ckpt-7.meta', graph=live, clear_devices=True
    )


def _warning(folder: pathlib.Path, path='model.ckpt-7') -> str:
  return some_own.read(folder, path).warning


def _other_epsilon(node) -> None:
  if node.op == 'FusedBatchNormV3':
    node.attr['epsilon'].f = 1e-5


def _other_activation(node) -> None:
  if node.op == 'Relu6':
    node.op = 'Relu'


def _other_stride(node) -> None:
  if node.name == f'{_FIRST}/Conv2D':
    node.attr['strides'].list.i[:] = [1, 1, 1, 1]


def _other_rate(node) -> None:
  if node.op == 'Conv2D' and '2d_13' in node.name:
    node.attr['dilations'].list.i[:] = [1, 2, 2, 1]


def _other_padding(node) -> None:
  if node.name == f'{_FIRST}/Conv2D':
    node.attr['padding'].s = b'VALID'


def _other_pooling(node) -> None:
  if node.op == 'Mean':
    node.op = 'Max'


def test_the_same_graph_is_no_reason_to_warn(tmp_path):
  _write(tmp_path, _GRAPH)
  assert not _warning(tmp_path)
  _write(tmp_path, some_own.TRAINING_GRAPH)
  assert not _warning(tmp_path)


@pytest.mark.parametrize(
  ('change', 'says'),
  [
    (
      _other_epsilon,
      f"batch norm's epsilon is 1e-05 at {_FIRST}/BatchNorm/beta and 26 more, "
      'expected 0.001',
    ),
    (
      _other_activation,
      f'activation is Relu at {_FIRST}/BatchNorm/beta and 26 more, expected '
      'Relu6',
    ),
    (_other_stride, f'stride is 1 at {_FIRST}/weights, expected 2'),
    (
      _other_rate,
      'rate is 2 at MobilenetV1/Conv2d_13_pointwise/weights, expected 1',
    ),
    (_other_padding, f'padding is VALID at {_FIRST}/weights, expected SAME'),
    (
      _other_pooling,
      'pooling is the max of all places at MobilenetV1/Logits/'
      'Conv2d_1c_1x1/weights, expected the mean of all places',
    ),
  ],
)
@pytest.mark.parametrize('scope', ['', 'my/student'])
def test_another_setting_is_named(change, says, scope, tmp_path):
  _write(tmp_path, _changed(change), scope)
  warning = _warning(tmp_path)
  start = f'warning: by {tmp_path}/model.ckpt-7.meta the training computed '
  assert warning.startswith(start)
  prefix = f'at {scope}/' if scope else 'at '
  assert says.replace('at ', prefix) in warning


def _other_decay(node) -> None:
  if node.name.endswith('Regularizer/l2_regularizer/scale'):
    node.attr['value'].tensor.CopyFrom(tf.make_tensor_proto(np.float32(1e-3)))


def test_another_weight_decay_changes_no_answer(tmp_path):
  _write(tmp_path, _changed(_other_decay))
  assert _warning(tmp_path) == (
    f'warning: by {tmp_path}/model.ckpt-7.meta the weight decay is 0.001 at '
    f'{_FIRST}/weights and 14 more, expected 4e-05, which the regularization '
    'losses of the export have'
  )


def test_a_network_that_is_there_twice_needs_one_that_agrees():
  with tf.Graph().as_default() as live:
    tf.import_graph_def(_GRAPH, name='clone_0')
    variables = {
      op.name.removeprefix('clone_0/'): op.outputs[0]
      for op in live.get_operations()
      if op.type == 'VarHandleOp'
    }
    other = _changed(_other_epsilon)
    tf.import_graph_def(other, variables, name='clone_1')
  found = training_graph.traits(live.as_graph_def())
  built = training_graph.traits(_GRAPH)
  names = {name: f'clone_0/{name}' for name in built}
  beta = f'clone_0/{_FIRST}/BatchNorm/beta'
  epsilon = "batch norm's epsilon"
  values = {trait.value for trait in found[beta] if trait.what == epsilon}
  assert values == {'1e-05', '0.001'}
  assert training_graph.differences(found, built, names) == ()


def _norm(epsilon: float, activation, is_fused: bool) -> training_graph.Traits:
  """The traits of a layer as TF-Slim builds it in each of its ways."""
  with tf.Graph().as_default() as graph:
    images = tf.compat.v1.placeholder(tf.float32, [None, 8, 8, 4])
    values = {
      name: tf.compat.v1.get_variable(f'net/BatchNorm/{name}', [4])
      for name in ('beta', 'gamma', 'mean', 'variance')
    }
    parts = (values['mean'], values['variance'], values['beta'])
    with tf.compat.v1.name_scope('clone_0/net/BatchNorm/'):
      if is_fused:
        net, *_ = tf.compat.v1.nn.fused_batch_norm(
          images, values['gamma'], parts[2], *parts[:2], epsilon, 'NHWC', False
        )
      else:
        net = tf.nn.batch_normalization(
          images, *parts, values['gamma'], epsilon
        )
    activation(tf.identity(net))
  return training_graph.traits(graph.as_graph_def())


@pytest.mark.parametrize('epsilon', [0.001, 1e-5])
@pytest.mark.parametrize('activation', [tf.nn.relu6, tf.nn.elu, tf.identity])
def test_batch_norm_of_several_operations_is_read_too(epsilon, activation):
  fused, unfused = (
    _norm(epsilon, activation, is_fused) for is_fused in (True, False)
  )
  assert fused == unfused
  (traits,) = fused.values()
  assert {trait.value for trait in traits} == {
    f'{epsilon:g}',
    {'relu6': 'Relu6', 'elu': 'Elu'}.get(activation.__name__, 'none'),
  }


def test_an_archive_may_hold_it_too(tmp_path):
  _write(tmp_path / 'train', _changed(_other_stride))
  with tarfile.open(tmp_path / 'it.tar.gz', 'w:gz') as tar:
    for path in sorted((tmp_path / 'train').iterdir(), reverse=True):
      tar.add(path, f'deep/{path.name}')
  warning = _warning(tmp_path, 'it.tar.gz')
  assert f'by {tmp_path}/it.tar.gz: deep/model.ckpt-7.meta the' in warning
  assert 'stride is 1' in warning


def _without_inputs(node) -> None:
  if node.op in ('Conv2D', 'FusedBatchNormV3'):
    del node.input[:]


def _in_a_loop(node) -> None:
  if node.op in ('Identity', 'ReadVariableOp', 'Pad'):
    node.input[:] = [node.name]


def _of_no_number(node) -> None:
  if node.op == 'Const':
    node.attr['value'].tensor.Clear()
  elif node.op == 'FusedBatchNormV3':
    node.name, node.op = f'{node.name}/batchnorm/sub', 'Sub'


@pytest.mark.parametrize('change', [_without_inputs, _in_a_loop, _of_no_number])
def test_a_graph_that_no_tensorflow_wrote_is_no_traceback(change, tmp_path):
  meta = tf.compat.v1.MetaGraphDef(graph_def=_changed(change))
  path = tmp_path / 'a.meta'
  path.write_bytes(meta.SerializeToString())
  built = training_graph.traits(_GRAPH)
  compared = training_graph.compare(path, built, {n: n for n in built})
  assert isinstance(compared.problem, str)
  assert compared.size is None


def test_a_damaged_graph_is_no_traceback(tmp_path):
  whole = tf.compat.v1.MetaGraphDef(graph_def=_GRAPH).SerializeToString()
  built = training_graph.traits(_GRAPH)
  names = {name: name for name in built}
  path, random = tmp_path / 'a.meta', np.random.default_rng(0)
  for _ in range(30):
    data = bytearray(whole)
    for at in random.integers(0, len(data), 20):
      data[at] = random.integers(256)
    path.write_bytes(data)
    compared = training_graph.compare(path, built, names)
    assert compared.problem or isinstance(compared.differences, tuple)


def test_what_cannot_be_read_is_said(tmp_path):
  checkpoints_made.write(tmp_path / 'model.ckpt-7', some_own.TENSORS)
  meta = tmp_path / 'model.ckpt-7.meta'
  start = f'warning: {meta}, the graph of the training, was not compared'
  for data, says in (
    (b'no graph at all', 'it cannot be read: '),
    (b'', 'it has no variable of the network'),
  ):
    meta.write_bytes(data)
    assert _warning(tmp_path).startswith(start)
    assert says in _warning(tmp_path)
  meta.unlink()
  meta.mkdir()
  assert 'is a folder, expected a file' in _warning(tmp_path)


def _of_96_pixels(graph: tf.compat.v1.GraphDef) -> tf.compat.v1.GraphDef:
  for node in graph.node:
    if node.op == 'Placeholder' and node.attr['dtype'].type == 1:
      for dim in node.attr['shape'].shape.dim[1:3]:
        dim.size = 96
  return graph


def test_another_size_than_that_of_the_training_is_told(tmp_path):
  _write(tmp_path, _of_96_pixels(_changed(lambda _: None)))
  shown = f'{tmp_path}/model.ckpt-7.meta'
  assert _warning(tmp_path).startswith(
    f'warning: by {shown} the training saw images of 96 x 96 pixels, and size '
    'is 32 in the spec'
  )
  assert some_own.read(tmp_path, 'model.ckpt-7', size=96).warning == ''


@pytest.mark.parametrize('scope', ['', 'my/student'])
def test_an_inspection_says_it_and_the_size_of_the_images(scope, tmp_path):
  sized = _of_96_pixels(_changed(_other_epsilon))
  _write(tmp_path, sized, scope)
  (findings,) = checkpoints.inspect_checkpoint(tmp_path / 'model.ckpt-7')
  assert findings.scope == scope
  assert findings.image_size == 96
  text = checkpoints.report_text(findings)
  assert '96 x 96 pixels, says the graph of the training' in text
  assert 'size = 96' in text
  says = "otherwise than the network: batch norm's epsilon is 1e-05 at "
  assert f'training graph:   {says}' in text
