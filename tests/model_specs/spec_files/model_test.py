"""A table becomes a spec, or an error that says all that is wrong with it."""

import json
import os
import pickle

import pytest

import model_specs
from model_specs import family as family_lib
from model_specs import labels
from model_specs.spec_files import model as model_lib
from tests import some_spec_file


def _problem(folder=None, **changes) -> str:
  with pytest.raises(model_specs.SpecError) as raised:
    model_lib.read_model(some_spec_file.values(**changes), 'my.toml', folder)
  head, *problems, advice = str(raised.value).splitlines()
  assert head.startswith("my.toml: model 'small' cannot be used")
  assert 'docs/your_own_models.md' in advice
  return '\n'.join(problems)


def test_the_handles_of_a_table():
  model = some_spec_file.model()
  assert [str(handle) for handle in model.handles()] == [
    f'acme/flowers/small/{task}/{number}'
    for task in ('classification', 'feature_vector')
    for number in (1, 2)
  ]
  tf1, tf2, *_ = model.handles()
  assert (tf1.format, tf2.format) == ('hub', 'saved_model_2')
  assert (tf1.version.number, tf2.version.number) == (3, 5)
  assert (tf2.num_outputs, tf2.spec.num_features) == (3, 256)
  assert tf2.changes() == {}


def test_what_may_be_left_out():
  model = some_spec_file.model(
    version=None, tf1_version=None, multiplier=None, num_classes=None
  )
  (handle,) = model.handles()
  assert str(handle) == 'acme/flowers/small/feature_vector/1'
  assert handle.sibling() is None
  assert model.multiplier == 1.0
  assert model.num_features == 1024


def test_the_newer_number_may_be_the_tf1_modules():
  model = some_spec_file.model(version=4, tf1_version=7)
  assert list(model.promises) == [4, 7]
  assert model.promises[7].number == 3


@pytest.mark.parametrize('network', ['resnet_v1_50', 'inception_v3'])
def test_a_network_of_one_width(network):
  model = some_spec_file.model(network=network, multiplier=None)
  assert model.multiplier is None
  assert model.num_features == 2048
  expected = 'multiplier is 0.25, expected none: .* has one width'
  with pytest.raises(model_specs.SpecError, match=expected):
    some_spec_file.model(network=network)


@pytest.mark.parametrize(
  ('changes', 'factor', 'offset'),
  [
    ({}, 2.0, 1.0),
    ({'input_range': [0, 1]}, 1.0, 0.0),
    ({'input_range': [0, 255]}, 255.0, 0.0),
    (
      {'input_range': [0, 255], 'input_mean': [123.5, 117, 104]},
      255.0,
      (123.5, 117.0, 104.0),
    ),
    ({'input_mean': [0, 0, 0.5]}, 2.0, (1.0, 1.0, 1.5)),
  ],
)
def test_what_the_network_sees(changes, factor, offset):
  preprocessing = some_spec_file.model(**changes).family.preprocessing
  assert preprocessing == family_lib.Preprocessing(factor, offset)


def test_what_the_network_sees_if_nothing_is_said():
  model = some_spec_file.model(network='resnet_v1_50', multiplier=None)
  published = model_specs.get_model('resnet_v1_50').family.preprocessing
  assert model.family.preprocessing == published


def test_what_the_network_sees_replaces_standardization():
  changes = {'network': 'cifarnet', 'multiplier': None}
  usual = some_spec_file.model(**changes).family.preprocessing
  assert usual == family_lib.Standardization(255.0, 0.0)
  other = some_spec_file.model(**changes, input_range=[0, 255])
  assert other.family.preprocessing == family_lib.Preprocessing(255.0, 0.0)
  assert other.family.preprocessing != usual


@pytest.mark.parametrize(
  ('changes', 'says'),
  [
    (
      {'network': 'vgg_a', 'multiplier': None, 'size': 256},
      'size is 256, expected 224 to 255, as the fully connected layers',
    ),
    (
      {'input_mean': [123.68, 116.78, 103.94]},
      'expected colours of the input_range, from -1 to 1; where black is 0',
    ),
    (
      {'input_range': [0, 1], 'input_mean': [0.5, -0.1, 0.5]},
      'input_mean is [0.5, -0.1, 0.5], expected colours of the input_range, fr',
    ),
    (
      {'network': 'lenet', 'multiplier': None, 'input_mean': [1, 1, 1]},
      'input_mean is [1, 1, 1], expected none: lenet sees one channel',
    ),
    ({'size': 0, 'nme': 'x'}, 'size is 0, expected a whole number from 1 to'),
    ({'size': 0, 'nme': 'x'}, 'unknown key nme; did you mean name?'),
    ({'tf1_version': 2}, 'tf1_version is 2, as version is; expected two'),
    ({'tf1_version': 1, 'version': None}, 'tf1_version is 1, as version is'),
    ({'dataset': 'classification'}, 'expected no name of a task'),
    ({'top1_percent': 90, 'top5_percent': 80.0}, 'top1_percent 90 is above'),
    ({'top1_percent': 90, 'num_classes': None}, 'expected num_classes, too'),
    ({'labels': ['a', 'b']}, 'labels has 2 names, expected 3, the num_classes'),
    ({'labels': ['a'], 'label_file': 'x'}, 'labels and label_file are both'),
    ({'labels': ['a'], 'num_classes': None}, 'expected none without num_cl'),
    (
      {'labels': ['a'], 'background': True},
      'labels has 1 names, expected 3, the num_classes, or 2 without the',
    ),
    ({'label_file': 'x'}, "label_file is 'x', expected labels: only a spec"),
    ({'size': 10**400}, 'size is 1000'),
    ({'size': 10**5000}, 'size is too large to be shown, expected a whole'),
    ({'multiplier': 10**400}, 'expected a number above 0 and at most 21474836'),
    (
      {'input_range': [0, 10**400]},
      'expected two numbers, the lower',
    ),
    ({'input_range': [-1e308, 1e308]}, 'expected two numbers, the lower first'),
    ({'labels': ['a\nb', 'c', 'd']}, 'expected a list of texts of one line'),
  ],
)
def test_what_is_wrong_is_said(changes, says):
  assert says in _problem(**changes)


@pytest.mark.parametrize(
  'text',
  [
    'daisy\nrose\ntulip\n',
    'daisy\r\nrose\r\ntulip',
    '\ufeffdaisy\nrose\ntulip\n\n',
    '0:daisy\n1:rose\n2:tulip\n',
    '0:daisy\n2:tulip\n1: rose\n',  # As `sort` puts 10 before 2.
  ],
)
def test_label_files(tmp_path, text):
  (tmp_path / 'labels.txt').write_bytes(text.encode())
  model = model_lib.read_model(
    some_spec_file.values(label_file='labels.txt'), 'my.toml', tmp_path
  )
  assert labels.of(model.handles()[0]) == ('daisy', 'rose', 'tulip')
  assert labels.of(model.handles()[-1]) == ()


def test_numbers_that_are_names_stay(tmp_path):
  (tmp_path / 'labels.txt').write_text('4:3\n16:9\n4:5\n')
  values = some_spec_file.values(label_file='labels.txt')
  model = model_lib.read_model(values, 'my.toml', tmp_path)
  assert labels.of(model.handles()[0]) == ('4:3', '16:9', '4:5')


@pytest.mark.parametrize('text', ['2:b\n1:a\n', '1:a\n0:background\n2:b\n'])
def test_numbers_count_the_background(tmp_path, text):
  (tmp_path / 'labels.txt').write_text(text)
  values = some_spec_file.values(label_file='labels.txt', background=True)
  model = model_lib.read_model(values, 'my.toml', tmp_path)
  assert labels.of(model.handles()[0]) == ('background', 'a', 'b')


@pytest.mark.parametrize(
  ('data', 'says'),
  [
    (b'1:a\n2:b\n3:c\n', 'and no 0; expected 0 to 2, each once, as the log'),
    (b'0:a\n1:b\n3:c\n', 'and no 2; expected 0 to 2'),
    (b'0:a\n1:b\n1:c\n', 'and no 2; expected 0 to 2'),
    (b'0,a\n1,b\n2,c\n', 'labels.txt has a number in'),
    (b'item {\n  id: 0\n}\n', 'labels.txt is a label map (.pbtxt)'),
    (b'a:1\nb:0\nc:2\n', 'labels.txt has a number in'),
    (b'0:a\n1:b\nc\n', 'labels.txt has a number in'),
    (b'a\n\nb\n', 'labels.txt has nothing in line 2, expected a name'),
    (b'a\nb\n', 'labels.txt has 2 names, expected 3, the num_classes'),
    (b'\xff\n', 'labels.txt cannot be read: it is not UTF-8'),
    (b'a\x0bb\nc\nd\n', "labels.txt has 'a\\x0bb' in line 1, expected a name"),
    (
      b'a\rb\rc',
      "labels.txt has 'a\\rb\\rc' in line 1, expected a",
    ),
    (b'a\xe2\x80\xa8b\nc\nd\n', "labels.txt has 'a\\u2028b' in line 1, exp"),
    (b'0:a\n1:\n2:b\n', 'labels.txt has nothing in line 2, expected a name'),
  ],
)
def test_wrong_label_files(tmp_path, data, says):
  (tmp_path / 'labels.txt').write_bytes(data)
  assert says in _problem(tmp_path, label_file='labels.txt')


@pytest.mark.parametrize('name', ['/etc/passwd', '../labels.txt', 'link/l.txt'])
def test_labels_lie_beside_their_spec_file(tmp_path, name):
  folder = tmp_path / 'mine'
  (folder / 'sub').mkdir(parents=True)
  for path in (tmp_path / 'labels.txt', tmp_path / 'l.txt', folder / 'l.txt'):
    path.write_text('a\nb\nc\n')
  (folder / 'link').symlink_to(tmp_path)
  problem = _problem(folder, label_file=name)
  assert f'label_file {name!r} leads out of {folder}, the folder of' in problem
  assert 'copy the file there, or put the names into labels' in problem
  (folder / 'sub' / 'inside').symlink_to(folder / 'l.txt')
  values = some_spec_file.values(label_file='sub/../sub/inside')
  assert model_lib.read_model(values, 'my.toml', folder)


def test_what_never_ends_is_no_file_of_labels(tmp_path):
  os.mkfifo(tmp_path / 'pipe')
  with (tmp_path / 'large').open('wb') as file:
    file.truncate(2**30)
  assert 'is a named pipe, exp' in _problem(tmp_path, label_file='pipe')
  assert 'at most 16,777,216' in _problem(tmp_path, label_file='large')
  assert 'is a folder, expected' in _problem(tmp_path, label_file='.')


def test_the_background_need_not_be_named():
  without = some_spec_file.model(labels=['rose', 'tulip'], background=True)
  named = some_spec_file.model(labels=['none', 'b', 'c'], background=True)
  assert without.own
  assert named.own
  assert without.own.labels == ('background', 'rose', 'tulip')
  assert named.own.labels == ('none', 'b', 'c')
  assert without.has_background
  assert not some_spec_file.model().has_background


def test_classes_that_nobody_named():
  assert labels.of(some_spec_file.model().handles()[0]) == ()
  flowers = some_spec_file.model(num_classes=1001).handles()[0]
  imagenet = some_spec_file.model(num_classes=1001, dataset='imagenet')
  assert labels.of(flowers) == ()
  assert labels.of(imagenet.handles()[0]) == labels.imagenet()


def test_a_spec_is_read_again_from_what_it_keeps(tmp_path):
  (tmp_path / 'labels.txt').write_text('daisy\nrose\ntulip\n')
  model = model_lib.read_model(
    some_spec_file.values(
      label_file='labels.txt', checkpoint='x/model.ckpt', license='MIT'
    ),
    'my.toml',
    tmp_path,
  )
  assert model.own
  kept = json.loads(model.own.table)
  assert str(tmp_path) not in model.own.table
  assert not kept.keys() & {'checkpoint', 'label_file'}
  again = model_lib.read_model(kept, 'manifest')
  assert again == model
  for handle, other in zip(model.handles(), again.handles(), strict=True):
    assert handle.fingerprint == other.fingerprint


def test_a_fingerprint_changes_with_what_is_said():
  fingerprints = {
    some_spec_file.model(**changes).handles()[0].fingerprint
    for changes in ({}, {'labels': ['a', 'b', 'c']}, {'description': 'x'})
  }
  assert len(fingerprints) == 3


def test_a_spec_reaches_other_processes():
  model = some_spec_file.model(checkpoint='x')
  again = pickle.loads(pickle.dumps(model))  # Our own.
  assert again == model
  assert again.own.checkpoint == 'x'


def test_cards_say_nothing_of_published_checkpoints():
  model = some_spec_file.model(network='resnet_v1_50', multiplier=None)
  assert not model.family.checkpoint_notes
