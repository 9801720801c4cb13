"""That an artifact is proven, and that a broken one never is."""

import pathlib

import pytest

from exporter import errors
from exporter.artifacts import operations
from exporter.proof import proving
from model_specs import versions
from tests import artifacts_made as artifacts
from tests import corruptions as broken
from tests import corruptions_tf1 as broken_tf1
from tests import corruptions_tf2 as broken_tf2

TINY = artifacts.TINY
_TF1 = f'{TINY}/classification/3'
_TF2 = f'{TINY}/classification/5'
_HUB = 'image_feature_vector'


def _prove(name: str, folder: pathlib.Path) -> dict[str, float]:
  handle = artifacts.handle(name)
  is_tf1 = handle.version.format == versions.TF1
  read = proving.read_tf1 if is_tf1 else proving.read_tf2
  expected = artifacts.reference(handle.spec.name)
  checks = proving.prove(handle, folder, expected, lambda: read(handle, folder))
  return {check.name: check.difference for check in checks}


@pytest.mark.parametrize(
  'name',
  [
    *artifacts.handles(TINY, version_format=versions.TF1),
    *artifacts.handles(TINY, version_format=versions.TF2),
    f'{artifacts.V1}/classification/5',
    f'{artifacts.V2}/feature_vector/3',
  ],
)
def test_what_the_writers_write_is_proven(name):
  differences = _prove(name, artifacts.folder(name))
  assert list(differences) == [
    'names',
    'variables',
    'shapes',
    'inference outputs',
    'training outputs',
    'moving averages',
    'regularization',
    'through TensorFlow',
    'gradients',
  ]
  assert (
    differences['names']
    == differences['variables']
    == differences['gradients']
    == 0
  )


_WEIGHTS = [
  (broken.perturb, [f'variables: {broken.KERNEL} differs by 0.001']),
  (
    broken.swap,
    [f'variables: {broken.GAMMA} ', f'variables: {broken.OTHER_GAMMA} '],
  ),
  (broken.spoil, [f'variables: {broken.GAMMA} holds NaN']),
]
_FORGET_BIASES = broken.program(broken.forget_biases)
_DROPOUT = [broken.drop(0.2), broken.rescale(2.01), _FORGET_BIASES]
_TF1_CASES = [
  (broken.halve_scale(False), [f'inference outputs: {_HUB} of the inference']),
  (broken.halve_scale(True), [f'training outputs: {_HUB} of the training']),
  (
    broken.program(broken_tf1.momentum),
    ['moving averages: default of the training graph: '],
  ),
  (broken_tf1.LOSE_UPDATE, ['Tiny/Conv2d_0/BatchNorm/moving_mean differs']),
  (broken_tf1.lose_loss(False), ['regularization: sum of the losses']),
  (broken_tf1.lose_loss(True), ['regularization: sum of the losses']),
  (
    broken_tf1.rewire(False),
    [f'inference outputs: {_HUB} of the inference graph at 128x96: Tiny/Conv'],
  ),
  (
    broken_tf1.rewire(True),
    [f'training outputs: {_HUB} of the training graph at 32x32: Tiny/Conv2d_0'],
  ),
  (
    broken_tf1.uncollect(True, 'trainable_variables', broken.GAMMA),
    [f'trainable_variables of the training graph: {broken.GAMMA} is missing'],
  ),
  (
    broken_tf1.uncollect(False, 'trainable_variables', broken.GAMMA),
    [f'trainable_variables of the inference graph: {broken.GAMMA} is missing'],
  ),
  (
    broken_tf1.uncollect(True, 'model_variables', broken.GAMMA),
    [f'model_variables of the training graph: {broken.GAMMA} is missing'],
  ),
  (
    broken_tf1.lose('signature', training=True),
    [f'names: signatures of the training graph: {_HUB} is missing'],
  ),
  (
    broken_tf1.lose('Tiny/Conv2d_0', training=False),
    [f'{_HUB} of the inference graph at 32x32: Tiny/Conv2d_0 is missing'],
  ),
  (
    broken_tf1.lose('momentum', training=True),
    [f'moving averages: {_HUB}_with_bn_hparams of the training graph: '],
  ),
  (
    broken.program(broken_tf1.answer_features),
    ['default of the training graph at 32x32: default has shape [2, 8]'],
  ),
  (broken_tf1.lose('graph', training=True), ['names: training is missing']),
  *(
    (corrupt, ['training outputs: default of the training graph'])
    for corrupt in _DROPOUT
  ),
]
_TF2_CASES = [
  (broken.halve_scale(False), ['inference outputs: serving_default at 32x32']),
  (broken.halve_scale(True), ['training outputs: training with endpoints']),
  (
    broken.program(broken_tf2.call_momentum),
    ['moving averages: training with the default momentum: Tiny/Conv2d_0'],
  ),
  (
    broken.program(broken_tf2.train_momentum),
    ['moving averages: training through `train`: Tiny/Conv2d_0'],
  ),
  (
    broken.program(broken_tf2.lose_update),
    ['Tiny/Conv2d_0/BatchNorm/moving_mean differs'],
  ),
  *(
    (broken_tf2.lose_updates(name), [f'{name}_', 'need not update anything'])
    for name in ('call_2', 'call_3', 'train')
  ),
  (
    broken.program(broken_tf2.lose_loss),
    ['regularization: sum of the losses differs by'],
  ),
  (
    broken_tf2.lose_listed('regularization_losses'),
    ['regularization: sum of the losses differs by 1'],
  ),
  (
    broken_tf2.rewire(False),
    ['__call__ with endpoints at 128x96: Tiny/Conv2d_0 differs'],
  ),
  (
    broken_tf2.rewire(True),
    ['training with endpoints at 32x32: Tiny/Conv2d_0 differs'],
  ),
  (
    broken.program(broken_tf2.rename_endpoint),
    ['Tiny/Conv2d_0 is missing', 'Tiny/Conv2d_00 is not promised'],
  ),
  (
    broken_tf2.lose_listed('variables'),
    ['names: variables: Tiny/Logits/Conv2d_1c_1x1/biases is missing'],
  ),
  (
    broken_tf2.lose_listed('trainable_variables'),
    ['trainable_variables: Tiny/Logits/Conv2d_1c_1x1/biases is missing'],
  ),
  (
    broken.program(broken_tf2.freeze),
    [f'names: variables flagged as trainable: {broken.KERNEL} is missing'],
  ),
  *(
    (broken_tf2.lose_trace(i), ['cannot be loaded and called', 'ValueError'])
    for i in range(4)
  ),
  *(
    (broken_tf2.lose_attribute(name), ['cannot be loaded and called', name])
    for name in ('serve', 'regularization_losses')
  ),
  (broken_tf2.lose_attribute('train'), ['names: training is missing']),
  (
    broken_tf2.lose_attribute('signatures'),
    ['cannot be loaded and called', 'signatures'],
  ),
  (
    broken.program(broken_tf2.lose_signature),
    ['names: signatures for serving: serving_default is missing'],
  ),
  (
    broken.program(broken_tf2.serve_more),
    ['cannot be loaded and called', 'does not return one output'],
  ),
  *(
    (broken.program(edit), [f'{broken.KERNEL} is declared as '])
    for edit in (broken_tf2.declare_shape, broken_tf2.declare_type)
  ),
  (
    broken.program(broken_tf2.swap_restored),
    ['is restored differently by the two loaders'],
  ),
  *(
    (corrupt, [f'training {way} at 32x32: default differs by'])
    for corrupt in _DROPOUT
    for way in ('without endpoints', 'through `train`')
  ),
]


def _cases():
  of_both = [(broken.weights(change), misses) for change, misses in _WEIGHTS]
  return [
    pytest.param(name, corrupt, misses, id=f'{name}: {misses[0]}')
    for name, cases in ((_TF1, _TF1_CASES), (_TF2, _TF2_CASES))
    for corrupt, misses in (*of_both, *cases)
  ]


@pytest.mark.parametrize(('name', 'corrupt', 'misses'), _cases())
def test_what_is_broken_is_not_proven(name, corrupt, misses, tmp_path):
  folder = artifacts.copy(name, tmp_path)
  corrupt(folder)
  with pytest.raises(errors.ProofError) as caught:
    _prove(name, folder)
  message = str(caught.value)
  assert f'google/imagenet/{name}' in message
  for miss in misses:
    assert miss in message


@pytest.mark.parametrize('name', [_TF1, _TF2])
def test_a_gradient_that_stops_is_not_proven(name, tmp_path, monkeypatch):
  for listed in ('TRAINING', '_FUNCTIONS'):
    more = getattr(operations, listed) | {'StopGradient'}
    monkeypatch.setattr(operations, listed, more)
  folder = artifacts.copy(name, tmp_path)
  broken.program(broken.stop_gradient)(folder)
  miss = f'gradients: {broken.KERNEL} gets no finite gradient'
  with pytest.raises(errors.ProofError, match=miss):
    _prove(name, folder)


@pytest.mark.parametrize('name', [_TF1, _TF2])
@pytest.mark.parametrize('damage', ['missing', 'truncated', 'no variables'])
def test_unreadable_files_are_a_failed_proof(name, damage, tmp_path):
  folder = artifacts.copy(name, tmp_path)
  program = folder / 'saved_model.pb'
  if damage == 'missing':
    program.unlink()
  elif damage == 'truncated':
    program.write_bytes(program.read_bytes()[:-100])
  else:
    (folder / 'variables' / 'variables.index').unlink()
  with pytest.raises(errors.ProofError, match=f'{name} cannot be loaded'):
    _prove(name, folder)


@pytest.mark.parametrize('text', [b'', b'\x08\x02', None])
def test_a_module_must_say_that_it_is_one(text, tmp_path):
  folder = artifacts.copy(_TF1, tmp_path)
  (folder / 'tfhub_module.pb').unlink()
  if text is not None:
    (folder / 'tfhub_module.pb').write_bytes(text)
  with pytest.raises(errors.ProofError, match=r'tfhub_module\.pb'):
    _prove(_TF1, folder)


@pytest.mark.parametrize(
  ('artifact', 'claimed', 'miss'),
  [
    (3, 1, 'signatures of the inference graph: .* is not promised'),
    (1, 3, 'cannot be loaded and called.*Cannot feed value of shape'),
    (5, 4, 'signatures: serving_default is not promised'),
    (4, 5, 'signatures: serving_default is missing'),
  ],
)
def test_another_version_is_not_what_was_promised(artifact, claimed, miss):
  folder = artifacts.folder(f'{TINY}/feature_vector/{artifact}')
  with pytest.raises(errors.ProofError, match=miss):
    _prove(f'{TINY}/feature_vector/{claimed}', folder)


def test_the_message_lists_every_miss(tmp_path):
  folder = artifacts.copy(_TF1, tmp_path)
  broken.weights(broken.swap)(folder)
  with pytest.raises(errors.ProofError) as caught:
    _prove(_TF1, folder)
  first, *misses = str(caught.value).splitlines()
  assert first == (
    f'google/imagenet/{_TF1} does not do what its source does, so it is not '
    f'delivered; {len(misses)} comparisons miss:'
  )
  assert all(line.startswith('  ') for line in misses)
  assert {m.split(':')[0].strip() for m in misses} == {
    'variables',
    'inference outputs',
    'training outputs',
    'moving averages',
  }
