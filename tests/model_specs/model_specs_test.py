"""The registry against the published facts, and what names it answers to."""

import csv
import pathlib
import subprocess
import sys

import pytest

import model_specs
from model_specs import versions
from tests import each

_TABLE = pathlib.Path(__file__).parents[1] / 'data/published_models.tsv'
_ROOT = pathlib.Path(__file__).resolve().parents[2]

with _TABLE.open(encoding='utf-8') as _file:
  _PUBLISHED = {
    row['name']: row for row in csv.DictReader(_file, delimiter='\t')
  }
# The start of a model's name -> where its archive is.
_ARCHIVES = {
  'mobilenet_v1': 'https://download.tensorflow.org/models/{0}.tgz',
  'mobilenet_v2': (
    'https://storage.googleapis.com/mobilenet_v2/checkpoints/{0}.tgz'
  ),
  'mobilenet_v3': (
    'https://storage.googleapis.com/mobilenet_v3/checkpoints/{0}.tgz'
  ),
  'nasnet': (
    'https://storage.googleapis.com/download.tensorflow.org/models/{0}.tar.gz'
  ),
  'pnasnet': (
    'https://storage.googleapis.com/download.tensorflow.org/models/{0}.tar.gz'
  ),
  '': 'https://download.tensorflow.org/models/{0}.tar.gz',
}


def _number(text):
  return float(text) if text else None


def _numbers(text):
  return tuple(map(int, text.split(',')))


def test_exactly_the_published_models():
  assert {model.name for model in model_specs.MODELS} == _PUBLISHED.keys()
  assert len(model_specs.MODELS) == len(_PUBLISHED) == 74


@each.over('model', model_specs.MODELS, lambda m: m.name)
def test_as_published(model):
  row = _PUBLISHED[model.name]
  assert model.size == int(row['input_size'])
  assert model.num_features == int(row['num_features'])
  assert model.num_classes == int(row['num_classes'])
  assert model.checkpoint == row['checkpoint']
  assert model.family.versions == _numbers(row['versions_published'])
  assert model.family.variable_size == (row['size_policy'] == 'variable')
  assert model.family.architecture == row['arch_tag']
  impl = row['slim_impl']
  network = model.network.removesuffix('_quant')
  assert impl.startswith(network) or network.startswith(impl)


@each.over('model', model_specs.MODELS, lambda m: m.name)
def test_figures_as_published(model):
  row = _PUBLISHED[model.name]
  figures = model.figures
  assert figures.is_counted == (not row['MACs_M'])
  if not figures.is_counted:
    assert figures.macs_millions == _number(row['MACs_M'])
    assert figures.params_millions == _number(row['Params_M'])
  assert figures.top1_percent == _number(row['top1'])
  assert figures.top5_percent == _number(row['top5'])
  assert figures.pixel1_ms == _number(row['pixel1_ms'])


@each.over('model', model_specs.MODELS, lambda m: m.name)
def test_name_says_multiplier_and_size_or_there_is_one(model):
  if model.multiplier is None:
    assert model.name == model.network
    return
  *_, multiplier, size = model.name.removesuffix('/quantops').split('_')
  assert (int(multiplier), int(size)) == (100 * model.multiplier, model.size)
  assert f'{model.multiplier}' in model.checkpoint_name
  assert f'{model.size}' in model.checkpoint_name


@each.over('model', model_specs.MODELS, lambda m: m.name)
def test_archive_holds_the_checkpoint(model):
  archive = model.checkpoint.removesuffix(f'/{model.checkpoint_member}')
  url = next(
    u for start, u in _ARCHIVES.items() if model.name.startswith(start)
  )
  if model.is_variant:  # A later upload, which TF-Slim's list names.
    archive = archive.replace('_2018_02_22/', '_2018_08_02/')
  assert model.archive_url == url.format(archive)


def test_models_stand_by_network_multiplier_and_size():
  keys = [(m.network, m.multiplier or 0, m.size) for m in model_specs.MODELS]
  networks = list(dict.fromkeys(key[0] for key in keys))
  assert keys == sorted(set(keys), key=lambda k: (networks.index(k[0]), *k[1:]))


@pytest.mark.parametrize('field', ['name', 'checkpoint_name', 'checkpoint'])
def test_no_two_models_are_spelled_alike(field):
  names = {getattr(model, field) for model in model_specs.MODELS}
  assert len(names) == len(model_specs.MODELS)


def test_duplicate_names_are_refused():
  model = model_specs.MODELS[0]
  with pytest.raises(
    model_specs.SpecError, match=f'/{model.name}, in .*; rename'
  ):
    model_specs.Registry([model, model])


@pytest.mark.parametrize(
  ('pattern', 'models', 'handles'),
  [
    ('*', 74, 256),
    ('nasnet_*', 2, 8),
    ('pnasnet_large/*/*', 1, 10),
    ('mobilenet_v3_*/*/*', 4, 8),
    ('inception_*', 5, 20),
    ('resnet_*', 6, 24),
    ('resnet_v2_*/*/*', 3, 24),
    ('mobilenet_v2_*', 22, 88),
    ('mobilenet_v1_*', 16, 64),
    ('*/quantops', 16, 32),
    ('*/quantops/*/*', 16, 64),
    ('mobilenet_v1_025_*/quantops/classification/1', 4, 4),
    ('mobilenet_v1_0.5_160_quant', 1, 2),
    ('mobilenet_v1_*_224_quant/feature_vector', 4, 4),
    ('mobilenet_v2_*/*/*', 22, 220),
    ('mobilenet_v1_*/*/*', 16, 128),
    ('mobilenet_v2_*_224/classification', 6, 12),
    ('mobilenet_v?_100_224/feature_vector/[12]', 2, 3),
    ('mobilenet_v2_*/*/2', 22, 44),
  ],
)
def test_find_counts(pattern, models, handles):
  matches = model_specs.find(pattern)
  assert len({handle.spec.name for handle in matches}) == models
  assert len(set(matches)) == len(matches) == handles


@pytest.mark.parametrize(
  'pattern',
  [
    'mobilenet_v2_035_96/classification/5',
    'mobilenet_v2_0.35_96/classification/5',
    'mobilenet_v2_035_9*/class*/5',
    'mobilenet_v2_0.3?_96/classification/5',
    'imagenet/mobilenet_v2_035_96/classification/5',
    'google/imagenet/mobilenet_v2_035_96/classification/5',
    'google/imagenet/mobilenet_v2_0.35_96/classification/5/',
  ],
)
def test_spellings_of_one_handle(pattern):
  (handle,) = model_specs.find(pattern)
  assert str(handle) == 'google/imagenet/mobilenet_v2_035_96/classification/5'


def test_find_without_a_version_means_the_current_ones():
  assert [
    str(handle) for handle in model_specs.find('mobilenet_v1_1.0_224')
  ] == [
    'google/imagenet/mobilenet_v1_100_224/classification/3',
    'google/imagenet/mobilenet_v1_100_224/classification/5',
    'google/imagenet/mobilenet_v1_100_224/feature_vector/3',
    'google/imagenet/mobilenet_v1_100_224/feature_vector/5',
  ]


def test_find_without_patterns_means_everything_current():
  assert model_specs.find() == model_specs.find('*')
  assert model_specs.find() == tuple(
    handle for model in model_specs.MODELS for handle in model.handles()
  )


def test_find_keeps_the_registrys_order_and_says_each_once():
  matches = model_specs.find(
    'mobilenet_v2_140_224', 'mobilenet_v1_*', '*_140_*'
  )
  assert matches == (
    *model_specs.find('mobilenet_v1_*'),
    *model_specs.find('mobilenet_v2_140_224'),
  )


def test_find_for_another_publisher():
  (handle,) = model_specs.find('*_140_224/class*/5', publisher='someone')
  assert str(handle) == 'someone/imagenet/mobilenet_v2_140_224/classification/5'


@pytest.mark.parametrize(
  ('pattern', 'message'),
  [
    ('mobilenet_v2_100_225', 'did you mean .*mobilenet_v2_100_224'),
    ('mobilenet_v2_10_224', 'did you mean .*mobilenet_v2_1'),
    ('mobilnet_v2_1.0_224', 'did you mean .*mobilenet_v2_1.0_224'),
    ('zzz', '`slimhub list` shows all names'),
    ('*/clasification', "no task .*'clasification'.*mean classification"),
    ('gogle/imagenet/*', "no publisher .*'gogle'.*mean google"),
    ('mobilenet_v1_*/*/2', 'the versions are 1, 3, 4, 5'),
    ('mobilenet_v2_*/*/6', 'the versions are 1, 2, 3, 4, 5'),
    ('a/b/c/d', 'expected NAME, NAME/TASK or NAME/TASK/VERSION'),
    ('mobilenet_v2_*//5', 'expected NAME, NAME/TASK or NAME/TASK/VERSION'),
    ('', 'expected NAME, NAME/TASK or NAME/TASK/VERSION'),
  ],
)
def test_find_what_is_not_there(pattern, message):
  with pytest.raises(model_specs.UnknownNameError, match=message):
    model_specs.find(pattern)


@each.over('handle', model_specs.find('*/*/*'))
def test_get_every_handle(handle):
  assert model_specs.get(str(handle)) == handle


def test_get_keeps_the_publisher():
  handle = model_specs.get('me/imagenet/mobilenet_v1_025_128/feature_vector/1')
  assert (handle.publisher, handle.number) == ('me', 1)


@pytest.mark.parametrize(
  ('handle', 'message'),
  [
    ('mobilenet_v2_100_224', 'is not a handle; expected PUBLISHER/DATASET'),
    (
      'google/imagenet/mobilenet_v2_100_224/classification',
      'is not a handle; expected PUBLISHER/DATASET',
    ),
    (
      'google/imagenet/mobilenet_v2_100_225/classification/5',
      'no model .*did you mean .*mobilenet_v2_100_224',
    ),
    (
      'google/imagenet/mobilenet_v2_100_224/feature-vector/5',
      'no task .*did you mean feature_vector',
    ),
    (
      'google/imagenet/mobilenet_v1_100_224/classification/2',
      'the versions are 1, 3, 4, 5',
    ),
  ],
)
def test_get_what_is_not_there(handle, message):
  with pytest.raises(model_specs.UnknownNameError, match=message):
    model_specs.get(handle)


def test_get_model_in_both_spellings():
  model = model_specs.get_model('mobilenet_v2_050_96')
  assert model_specs.get_model('mobilenet_v2_0.5_96') is model
  with pytest.raises(model_specs.UnknownNameError, match='mobilenet_v2_050_96'):
    model_specs.get_model('mobilenet_v2_055_96')


def test_every_handle_has_both_tasks_and_the_current_versions():
  for model in model_specs.MODELS:
    pairs = {(handle.task, handle.number) for handle in model.handles()}
    assert pairs == {
      (task, number)
      for task in versions.TASKS
      for number in versions.CURRENT
      if number in model.family.versions
    }


def test_importing_it_loads_the_standard_library_alone():
  code = (
    'import sys, model_specs, model_specs.labels\n'
    'model_specs.labels.imagenet()\n'
    'tops = {name.partition(".")[0] for name in sys.modules}\n'
    'print(*sorted(tops - sys.stdlib_module_names - {"__main__"}))\n'
  )
  done = subprocess.run(
    [sys.executable, '-S', '-c', code],  # Without site: no .pth file runs.
    cwd=_ROOT,
    capture_output=True,
    text=True,
    check=True,
  )
  assert done.stdout.split() == ['model_specs']
