"""The bill of materials is one that CycloneDX's own validator takes."""

import dataclasses
import datetime
import json

from cyclonedx import schema
from cyclonedx.validation import json as validation
import pytest

from exporter.provenance import build
from exporter.provenance import materials
from exporter.storage import manifest
import model_specs
from tests import some_exports
from tests import some_manifest
from tests import some_spec_file

_ARCHIVE = manifest.Archive(
  'https://example.org/a.tgz', 7, 'sha384', 'ab' * 48, 'first use'
)
_BUILD = build.Build(
  'c0' * 20, datetime.datetime(2016, 12, 17, tzinfo=datetime.timezone.utc)
)


def _text(
  handle: model_specs.Handle,
  kind: manifest.WeightsKind = 'ema',
  made_by: build.Build = _BUILD,
  archive: manifest.Archive | None = _ARCHIVE,
) -> str:
  manifest_ = some_manifest.make(handle, kind)
  weights = dataclasses.replace(manifest_.weights, archive=archive)
  manifest_ = dataclasses.replace(
    manifest_, weights=weights, pictures='dd' * 32
  )
  return materials.bom(handle, manifest_, made_by)


def _of(name: str, *args, **options) -> dict:
  return json.loads(_text(some_exports.handle(name), *args, **options))


def _refused(text: str) -> object:
  validator = validation.JsonStrictValidator(schema.SchemaVersion.V1_6)
  return validator.validate_str(text)


@pytest.mark.parametrize('kind', ['ema', 'synthetic'])
@pytest.mark.parametrize(
  'name', [some_exports.TF1, some_exports.TF2, some_exports.LITE]
)
def test_the_validator_takes_it(name, kind):
  handle = some_exports.handle(name)
  assert _refused(_text(handle, kind)) is None
  assert _refused(_text(handle, kind, build.Build(), None)) is None


def test_the_validator_refuses_what_is_none():
  text = _text(some_exports.handle(some_exports.TF2))
  assert _refused(text.replace('"SHA-256"', '"SHA-257"')) is not None


def test_a_model_of_ones_own_may_have_any_licence():
  model = some_spec_file.model(license='Ask Bob')
  handle = model_specs.Registry([model]).find()[0]
  text = _text(handle, archive=None)
  assert _refused(text) is None
  (licence,) = json.loads(text)['metadata']['component']['licenses']
  assert licence['license']['name'] == 'Ask Bob'


def test_it_names_what_the_model_is_made_of():
  bom = _of(some_exports.TF2)
  model = bom['metadata']['component']
  assert model['licenses'] == [{'license': {'id': 'Apache-2.0'}}]
  assert [each['name'] for each in model['components']] == [
    f'{some_exports.TF2}/assets.extra/labels.txt',
    f'{some_exports.TF2}/saved_model.pb',
  ]
  datasets = model['modelCard']['modelParameters']['datasets']
  assert datasets[0]['name'] == 'imagenet-ilsvrc-2012-cls'
  checkpoint, tensorflow = bom['components']
  (archive,) = checkpoint['externalReferences']
  assert archive['hashes'] == [{'alg': 'SHA-384', 'content': 'ab' * 48}]
  assert tensorflow['purl'] == 'pkg:pypi/tensorflow@2.21.0'


def test_untrained_weights_have_no_accuracy_and_no_dataset():
  cards = {
    kind: _of(some_exports.TF2, kind)['metadata']['component']['modelCard']
    for kind in ('ema', 'synthetic')
  }
  assert 'quantitativeAnalysis' in cards['ema']
  assert 'considerations' not in cards['ema']
  assert 'quantitativeAnalysis' not in cards['synthetic']
  (limit,) = cards['synthetic']['considerations']['technicalLimitations']
  assert 'UNTRAINED' in limit
  (pictures,) = cards['synthetic']['modelParameters']['datasets']
  assert 'ranges' in pictures['name']


def test_the_serial_number_follows_from_the_content():
  first, again, other = (
    _of(name)['serialNumber']
    for name in (some_exports.TF2, some_exports.TF2, some_exports.TF1)
  )
  assert first == again != other


def test_a_time_is_named_only_where_somebody_says_which():
  stamped = _of(some_exports.TF2)['metadata']
  assert stamped['timestamp'] == '2016-12-17T00:00:00Z'
  plain = _of(some_exports.TF2, made_by=build.Build())['metadata']
  assert 'timestamp' not in plain
