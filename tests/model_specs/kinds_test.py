"""What is known of formats: names that URLs can hold, and no two alike."""

import dataclasses

import pytest

import model_specs
from model_specs import formats
from model_specs import kinds
from model_specs import versions

_HANDLE = model_specs.get(
  'google/imagenet/mobilenet_v1_025_128/classification/5'
)


def _kind(group: str = 'coreml2', **facts) -> kinds.Kind:
  return kinds.Kind(group, **{'name': 'model', 'suffix': '.bin', **facts})


@pytest.mark.parametrize(
  ('word', 'starts'),
  [
    ('litert.float32', '96f09c80dcc5'),
    ('litert.int8', '8175a769d064'),
    ('onnx.model_nchw', '427e343df1f0'),
  ],
)
def test_fingerprints_are_those_of_the_manifests_out_there(word, starts):
  fingerprint = formats.convert(_HANDLE, kinds.get(word)).fingerprint
  assert fingerprint.startswith(starts)


def test_what_only_describes_is_no_part_of_a_fingerprint():
  kind = kinds.get('onnx.model')
  other = dataclasses.replace(kind, label='other', gb_per_million=9.0)
  assert repr(kind) == repr(other)
  assert repr(kind) != repr(dataclasses.replace(kind, error=0.5))


def test_a_word_and_a_spelling_of_manifests_name_a_format():
  assert kinds.get('tf1') is kinds.get(versions.TF1)
  assert kinds.get('litert.int8').format == 'litert.int8'
  with pytest.raises(kinds.UnknownFormatError, match="'tf3', expected hub"):
    kinds.get('tf3')


def test_every_format_has_names_of_its_own():
  kinds.check_names(kinds.KINDS)
  assert len({kind.format for kind in kinds.KINDS}) == len(kinds.KINDS)


@pytest.mark.parametrize(
  'facts',
  [{'group': 'Core'}, {'group': 'a.b'}, {'name': 'a/b'}, {'suffix': 'tflite'}],
)
def test_a_name_that_no_url_finds_is_refused(facts):
  with pytest.raises(model_specs.SpecError, match='as a URL may spell it'):
    _kind(**facts)


@pytest.mark.parametrize('suffix', ['.json', '.md'])
def test_a_file_is_never_its_own_manifest_or_card(suffix):
  kind = _kind(suffix=suffix)
  beside = {f'{kind.stem}{end}' for end in (kinds.MANIFEST, kinds.CARD)}
  assert kind.file not in beside
  assert _kind().stem == 'model'


@pytest.mark.parametrize('suffix', ['.bin', '.json', '.txt'])
def test_two_formats_of_one_name_are_refused(suffix):
  """The manifest of model.bin is model.json; so is a file of that name."""
  with (
    kinds.added(_kind()),
    pytest.raises(model_specs.SpecError, match='would both write coreml2/'),
    kinds.added(_kind(suffix=suffix, title='another')),
  ):
    pytest.fail('both were added')


def test_one_more_is_known_for_a_while():
  kind = _kind(label='Core ML')
  before = kinds.known()
  with kinds.added(kind):
    assert kinds.known() == (*before, kind)
    assert kinds.converted()[-1] == kinds.get('coreml2.model') == kind
    assert kinds.label('coreml2') == 'Core ML'
    assert 'coreml2' in formats.words()
    (conversion,) = formats.select([_HANDLE], formats.parse('coreml2'))
    assert str(conversion) == f'{_HANDLE}.coreml2/model.bin'
  assert kinds.known() == before
