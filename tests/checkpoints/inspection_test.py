"""What an inspection says of checkpoints whole, broken and of others."""

import numpy as np
import pytest

from exporter import errors
from exporter import networks
from exporter.checkpoints import inspection
from exporter.checkpoints import specimen
from exporter.checkpoints import synthetic
import model_specs
from tests import checkpoints_made as checkpoints
from tests.checkpoints import specimens_made

_SHADOW = f'/{checkpoints.SHADOW}'
_BIASES = 'MobilenetV1/Logits/Conv2d_1c_1x1/biases'


def _inspect(tensors: dict[str, np.ndarray], **facts) -> inspection.Inspection:
  return inspection.inspect(
    specimen.Specimen(
      'mine',
      specimen.NEW,
      {key: tensor.shape for key, tensor in tensors.items()},
      {key: tensor.dtype.name for key, tensor in tensors.items()},
      tensors.__getitem__,
      'mine',
      **facts,
    )
  )


@pytest.fixture(name='training')
def _training():
  return specimens_made.training()


def test_a_training_checkpoint_of_five_classes(training):
  findings = _inspect(training, size=96)
  built = specimens_made.built()
  network = findings.network
  assert network
  assert (network.name, network.multiplier) == ('mobilenet_v1', 0.2)
  assert network.num_classes == 5
  assert network.variables == len(built.shapes) == 137
  assert network.parameters == sum(
    map(np.size, specimens_made.tensors().values())
  )
  assert (findings.weights, findings.averages) == ('ema', 137)
  assert findings.slots == {
    'RMSProp': len(built.trainable),
    'RMSProp_1': len(built.trainable),
  }
  assert (findings.step, findings.size) == (1, 96)
  assert findings.parameters == sum(map(np.size, training.values()))
  assert (findings.extra, findings.flaws, findings.problems) == ({}, {}, ())


@pytest.mark.parametrize(
  ('size', 'names'),
  [
    (None, [f'mobilenet_v1_025_{size}' for size in (128, 160, 192, 224)]),
    (128, ['mobilenet_v1_025_128']),
  ],
)
def test_what_is_known_of_the_images_tells_published_models_apart(size, names):
  model = model_specs.get_model('mobilenet_v1_025_128')
  built = networks.build(networks.architecture(model), False)
  findings = _inspect(synthetic.tensors(built.shapes), size=size)
  assert findings.network
  assert list(findings.network.models) == names
  assert findings.network.sizes == (128, 160, 192, 224)


def test_raw_weights_alone():
  findings = _inspect(specimens_made.tensors())
  assert (findings.weights, findings.averages, findings.slots) == ('raw', 0, {})
  assert (findings.step, findings.problems) == (None, ())


def test_averages_alone_are_enough(training):
  trainable = specimens_made.built().trainable
  for name in trainable:
    del training[name]
  assert _inspect(training).problems == ()


def test_what_is_missing_is_named(training):
  del training[_BIASES + _SHADOW]
  (problem,) = _inspect(training).problems
  assert problem == f'1 of 137 variables are missing: {_BIASES}{_SHADOW}'


def test_another_width_is_named():
  tensors = specimens_made.tensors()
  name = 'MobilenetV1/Conv2d_5_depthwise/depthwise_weights'
  tensors[name] = np.zeros([5, 5, 51, 1], np.float32)
  (problem,) = _inspect(tensors).problems
  assert '1 of 137 variables do not fit: ' in problem
  assert f'{name} is float32 [5, 5, 51, 1], expected float32 [3, 3,' in problem


def test_another_type_is_named():
  tensors = specimens_made.tensors()
  tensors[_BIASES] = tensors[_BIASES].astype(np.float16)
  (problem,) = _inspect(tensors).problems
  assert f'{_BIASES} is float16 [5], expected float32 [5]' in problem


def test_what_the_network_lacks_is_counted_by_scope(training):
  training['MobilenetV1/AuxLogits/a/weights'] = np.zeros([2], np.float32)
  training['MobilenetV1/AuxLogits/b/weights'] = np.zeros([2], np.float32)
  training['mean_rgb'] = np.zeros([3], np.float32)
  findings = _inspect(training)
  assert findings.extra == {'MobilenetV1/AuxLogits': 2, 'mean_rgb': 1}
  assert findings.problems == ()


@pytest.mark.parametrize(('end', 'stops'), [('', False), (_SHADOW, True)])
def test_nan_is_counted_and_stops_what_would_use_it(training, end, stops):
  training[_BIASES + end] = np.array([1, np.nan, 3, np.inf, 5], np.float32)
  findings = _inspect(training)
  flaw = '2 of 5 values are NaN or infinite'
  assert findings.flaws == {_BIASES + end: flaw}
  expected = (f'values of 1 variables cannot be used: {_BIASES}{end}',)
  assert findings.problems == (expected if stops else ())


def test_a_checkpoint_without_a_classifier_gives_features():
  tensors = {
    name: tensor
    for name, tensor in specimens_made.tensors().items()
    if not name.startswith('MobilenetV1/Logits/')
  }
  findings = _inspect(tensors)
  assert findings.network
  assert findings.network.num_classes is None
  assert findings.network.variables == 135
  assert findings.problems == ()


def test_a_network_that_is_there_twice_has_no_spec_that_is_right():
  networks = {
    f'{scope}/{name}': tensor
    for scope in ('student', 'teacher')
    for name, tensor in specimens_made.tensors().items()
  }
  findings = _inspect(networks)
  (problem,) = findings.problems
  assert 'the network more than once, below student/ and teacher/' in problem
  assert _inspect({**networks, **specimens_made.tensors()}).problems == ()


def test_two_networks_beside_each_other_are_one_and_what_it_lacks():
  heads = {'box/a/weights': np.zeros([3], np.float32)}
  inner = {f'x/{n}': t for n, t in specimens_made.tensors().items()}
  findings = _inspect({**inner, **heads})
  assert (findings.scope, findings.extra, findings.problems) == (
    'x',
    {'box/a': 1},
    (),
  )


def test_training_for_8_bits_is_told():
  ranges = {'MobilenetV1/Conv2d_0/act_quant/min': np.zeros([], np.float32)}
  findings = _inspect({**specimens_made.tensors(), **ranges})
  assert findings.problems[0].startswith('it was trained for 8 bits: 1 ranges')


@pytest.mark.parametrize(
  ('names', 'says'),
  [
    (['_CHECKPOINTABLE_OBJECT_GRAPH', 'a/.ATTRIBUTES'], 'object-based'),
    (
      ['FeatureExtractor/MobilenetV1/a', 'BoxPredictor_0/b'],
      'it has some of MobileNet V1 below FeatureExtractor/',
    ),
    (['bert/embeddings', 'bert/pooler'], 'its scopes are bert/ (2)'),
  ],
)
def test_what_is_of_no_network_says_what_it_is(names, says):
  findings = _inspect({name: np.zeros([2], np.float32) for name in names})
  assert findings.network is None
  (problem,) = findings.problems
  assert says in problem


def test_a_path_is_looked_into_by_one_call(tmp_path):
  checkpoints.write(tmp_path / 'model.ckpt-1', specimens_made.tensors())
  (findings,) = inspection.inspect_checkpoint(str(tmp_path / 'model.ckpt-1'))
  assert findings.file == str(tmp_path / 'model.ckpt-1')
  assert findings.kind == 'checkpoint, V2 format'
  with pytest.raises(errors.CheckpointError, match='does not exist'):
    inspection.inspect_checkpoint(tmp_path / 'model.ckpt-2')
