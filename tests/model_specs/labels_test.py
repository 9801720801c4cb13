"""The labels are the 1001 published ones, in the order of the logits."""

import collections
import csv
import dataclasses
import hashlib
import pathlib
import re

import pytest

import model_specs
from model_specs import labels
from model_specs import spec
from tests import some_spec_file

_ROOT = pathlib.Path(__file__).resolve().parents[2]
_TABLE = _ROOT / 'model_specs/imagenet_labels.tsv'


def _rows() -> list[dict[str, str]]:
  lines = _TABLE.read_text('utf-8').splitlines()
  return list(
    csv.DictReader(
      (line for line in lines if not line.startswith('#')), delimiter='\t'
    )
  )


def test_one_label_for_each_logit():
  assert len(labels.imagenet()) == spec.NUM_CLASSES


@pytest.mark.parametrize(
  ('index', 'name'),
  [
    (0, 'background'),
    (1, 'tench'),
    (3, 'great white shark'),
    (389, 'giant panda'),
    (1000, 'toilet tissue'),
  ],
)
def test_known_labels(index, name):
  assert labels.imagenet()[index] == name


def test_all_labels_as_published():
  text = '\n'.join(labels.imagenet()) + '\n'
  digest = hashlib.sha256(text.encode()).hexdigest()
  assert digest == (
    '536feacc519de3d418de26b2effb4d75694a8c4c0063e36499a46fa8061e2da9'
  )


def test_two_names_occur_twice():
  counts = collections.Counter(labels.imagenet())
  assert {name for name, count in counts.items() if count > 1} == {
    'crane',
    'maillot',
  }


def test_rows_are_numbered_and_synsets_are_unique():
  rows = _rows()
  assert [int(row['index']) for row in rows] == list(range(1001))
  synsets = [row['synset'] for row in rows[1:]]
  assert synsets == sorted(set(synsets))
  assert all(re.fullmatch(r'n\d{8}', synset) for synset in synsets)


def test_read_once():
  assert labels.imagenet() is labels.imagenet()


def test_the_table_names_its_source_and_licence():
  header = _TABLE.read_text('utf-8').partition('index\t')[0]
  assert 'WordNet' in header
  assert 'Princeton University' in header
  assert 'NOTICE' in header
  assert 'Princeton University' in (_ROOT / 'NOTICE').read_text('utf-8')


def test_only_imagenets_classes_are_named():
  handle, features = (
    model_specs.get(f'google/imagenet/mobilenet_v1_025_128/{task}/5')
    for task in ('classification', 'feature_vector')
  )
  assert labels.of(handle) == labels.imagenet()
  assert labels.of(features) == ()
  fewer = dataclasses.replace(handle.spec, num_classes=5)
  assert labels.of(dataclasses.replace(handle, spec=fewer)) == ()


def test_1000_classes_are_those_without_the_background():
  handle = model_specs.get('google/imagenet/resnet_v1_50/classification/3')
  assert ('background', *labels.of(handle)) == labels.imagenet()


def test_the_file_has_a_line_for_each_class():
  for model in model_specs.MODELS:
    classifier = model.handles()[0]
    text = labels.file_text(classifier)
    assert len(text.splitlines()) == classifier.num_outputs


@pytest.mark.parametrize(
  ('names', 'says'),
  [
    (('a\nb', 'c', 'd'), r"called 'a\nb', expected a text of one line"),
    (('a', '\u2028', 'd'), r"called '\u2028', expected a text of one line"),
    (('a', '', 'd'), "called '', expected a text of one line"),
    (('a', 'b'), '2 names, expected 3, the number of its classes'),
  ],
)
def test_a_file_that_would_misname_classes_is_not_written(names, says):
  model = some_spec_file.model(labels=['a', 'b', 'c'])
  assert model.own
  model = dataclasses.replace(
    model, own=dataclasses.replace(model.own, labels=names)
  )
  with pytest.raises(model_specs.SpecError, match=re.escape(says)):
    labels.file_text(model.handles()[0])


def test_what_is_written_is_read(tmp_path):
  model = some_spec_file.model(labels=['a, b', 'Ü "c"', 'd'])
  handle = model.handles()[0]
  path = tmp_path / 'labels.txt'
  assert labels.read_file(path) == ()
  path.write_text(labels.file_text(handle), 'utf-8')
  assert labels.read_file(path) == ('a, b', 'Ü "c"', 'd')
  path.write_bytes(b'\xff')
  with pytest.raises(UnicodeDecodeError):
    labels.read_file(path)
