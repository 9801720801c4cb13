"""What kagglehub's calls ask for, and what they are told."""

import dataclasses
import json

import pytest

from exporter.hub import address
from exporter.hub import kaggle
from exporter.hub import listing
from exporter.hub import refusal
from exporter.hub import stock
from tests import some_exports

_NAME = 'google/mobilenet-v1/tensorFlow2/025-128-classification'
_FIELDS = {
  'ownerSlug': 'google',
  'modelSlug': 'mobilenet-v1',
  'framework': 'MODEL_FRAMEWORK_TENSOR_FLOW_2',
  'instanceSlug': '025-128-classification',
}
_ASKED = kaggle.Asked(
  'google', 'mobilenet-v1', 'tensorFlow2', '025-128-classification'
)
_GET, _LIST, _DOWNLOAD = kaggle.CALLS


@pytest.fixture(scope='module', name='exports')
def _exports(tmp_path_factory):
  exports = some_exports.make(tmp_path_factory.mktemp('kaggle') / 'exports')
  some_exports.add(exports, f'{some_exports.NAME}/4')
  return exports


@pytest.fixture(scope='module', name='calls')
def _calls(exports):
  return kaggle.Kaggle(
    address.Exports(exports),
    listing.Listing(exports),
    stock.Stock(exports.with_name('stock')),
  )


def _body(**changes: object) -> bytes:
  fields = {**_FIELDS, **changes}
  return json.dumps({k: v for k, v in fields.items() if v != {}}).encode()


@pytest.mark.parametrize(
  ('spelling', 'expected'),
  [
    ('MODEL_FRAMEWORK_TENSOR_FLOW_2', 'tensorFlow2'),
    ('MODEL_FRAMEWORK_TF_LITE', 'tfLite'),
    ('TensorFlow1', 'tensorFlow1'),
    ('tensorflow2', 'tensorFlow2'),
    ('MODEL_FRAMEWORK_ONNX', 'onnx'),
    ('MODEL_FRAMEWORK_PY_TORCH', 'pytorch'),
  ],
)
def test_a_framework_has_many_spellings(spelling, expected):
  assert kaggle.framework(spelling) == expected


def test_the_newest_version_is_the_highest_of_its_format(calls):
  for framework, version in (('TENSOR_FLOW_2', 2), ('TF_LITE', 2)):
    body = _body(framework=f'MODEL_FRAMEWORK_{framework}')
    assert calls.call(_GET, body)['versionNumber'] == version
  body = _body(framework='MODEL_FRAMEWORK_TENSOR_FLOW_1')
  assert calls.call(_GET, body) == {
    'slug': '025-128-classification',
    'framework': 'tensorFlow1',
    'versionNumber': 2,
  }


@pytest.mark.parametrize('version', [0, 1, 2])
def test_the_files_are_those_of_the_manifest(calls, exports, version):
  listed = calls.call(_LIST, _body(versionNumber=version, pageSize=25))
  artifact = exports / some_exports.NAME / f'{version + 3 if version else 5}'
  assert listed == {
    'files': [
      {'name': name, 'size': (artifact / name).stat().st_size}
      for name in ('saved_model.pb', 'variables/variables.index')
    ],
    'nextPageToken': '',
  }


def test_files_are_listed_page_by_page(calls):
  names, token = [], ''
  for _ in range(2):
    page = calls.call(_LIST, _body(pageSize=1, pageToken=token))
    names += [file['name'] for file in page['files']]
    token = page['nextPageToken']
  assert (names, token) == (
    ['saved_model.pb', 'variables/variables.index'],
    '',
  )
  assert not calls.call(_LIST, _body(pageToken='999'))['files']


@pytest.mark.parametrize(
  ('changes', 'path'),
  [
    ({}, f'{_NAME}/2/download'),
    ({'versionNumber': 1}, f'{_NAME}/1/download'),
    (
      {'path': 'variables/variables.index'},
      f'{_NAME}/2/download/variables/variables.index',
    ),
  ],
)
def test_a_download_has_a_path(calls, changes, path):
  assert calls.call(_DOWNLOAD, _body(**changes)) == f'/api/v1/models/{path}'


def test_what_is_sent_is_of_the_stock(calls, exports):
  sent = calls.download(_ASKED)
  assert sent.make().st_size
  assert sent.name.endswith('.tar.gz')
  file = dataclasses.replace(_ASKED, path='saved_model.pb')
  sent = calls.download(file)
  sent.make()
  expected = exports / some_exports.TF2 / 'saved_model.pb'
  assert sent.path.read_bytes() == expected.read_bytes()


@pytest.mark.parametrize(
  ('call', 'changes', 'says'),
  [
    (
      _GET,
      {'instanceSlug': '025-128-feature-vector'},
      '025-128-feature-vector is not here. It is google/imagenet/mobilenet_v1',
    ),
    (_GET, {'modelSlug': 'x', 'ownerSlug': 'y'}, '/index.json'),
    (_LIST, {'versionNumber': 7}, 'no version 7 here; it has 1, 2'),
    (_LIST, {'versionNumber': -1}, 'no version -1 here; it has 1, 2'),
    (_DOWNLOAD, {'versionNumber': 10**400}, 'it has 1, 2'),
    (
      _DOWNLOAD,
      {'path': 'x'},
      "no file 'x'; its files are saved_model.pb, var",
    ),
    (_DOWNLOAD, {'path': '../5.json'}, 'its files are saved_model.pb'),
    (_DOWNLOAD, {'path': 'variables'}, 'its files are saved_model.pb'),
  ],
)
def test_what_is_not_here_is_told_what_is(calls, call, changes, says):
  with pytest.raises(refusal.Refusal) as raised:
    calls.call(call, _body(**changes))
  assert raised.value.status == 404
  assert says in str(raised.value)


@pytest.mark.parametrize(
  ('body', 'says'),
  [
    (b'', 'no JSON'),
    (b'{', 'no JSON'),
    (b'\xff\xfe', 'no JSON'),
    (b'[' * 60000, 'no JSON'),
    (b'1' * 60000, 'no JSON'),
    (b'null', 'the body is null, expected an object'),
    (b'[1]', 'expected an object'),
    (b'{}', 'ownerSlug is missing; modelSlug is missing; framework is miss'),
    (_body(ownerSlug=1), 'ownerSlug is 1, expected text'),
    (_body(ownerSlug=''), 'ownerSlug is "", expected a part'),
    (_body(ownerSlug='a/b'), 'ownerSlug is "a/b", expected a part'),
    (_body(ownerSlug='..'), 'ownerSlug is "..", expected a part'),
    (_body(instanceSlug='\ud800'), r'instanceSlug is "\ud800", expected a'),
    (_body(framework=None), 'framework is null, expected text'),
    (_body(versionNumber='2'), 'versionNumber is "2", expected a whole'),
    (_body(versionNumber=True), 'versionNumber is true, expected a whole'),
    (_body(versionNumber=2.0), 'versionNumber is 2.0, expected a whole'),
    (_body(pageSize=float('nan')), 'pageSize is NaN, expected a whole'),
    (_body(pageToken='x'), "pageToken='x', expected a number"),
    (_body(pageToken='-1'), 'expected a number'),
    (_body(pageToken='9' * 5000), 'expected a number'),
    (_body(color='red'), '"color" is no field; the fields are ownerSlug, '),
    (_body(path='x'), '"path" is no field'),
    (_body(**{'\x1b[2J': 1}), r'"\u001b[2J" is no field'),
    (_body(a=1, versionNumber=[]), 'no field; versionNumber is []'),
  ],
)
def test_what_is_wrong_with_a_body_is_named(calls, body, says):
  with pytest.raises(refusal.Refusal) as raised:
    calls.call(_LIST, body)
  assert raised.value.status == 400
  assert says in str(raised.value)
  assert len(str(raised.value)) < 1000


def test_a_replaced_export_is_not_listed_half(calls, exports):
  manifest = exports / f'{some_exports.NAME}/4.json'
  text = manifest.read_text()
  calls.files(dataclasses.replace(_ASKED, version=1))  # It was listed before.
  try:
    manifest.unlink()
    with pytest.raises(refusal.Refusal, match='is being written'):
      calls.files(dataclasses.replace(_ASKED, version=1))
  finally:
    manifest.write_text(text)
