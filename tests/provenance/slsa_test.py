"""The statement is one that the libraries of in-toto and SLSA take."""

import dataclasses
import datetime
import json

from google.protobuf import json_format
from in_toto_attestation.predicates.provenance.v1 import provenance_pb2
from in_toto_attestation.v1 import resource_descriptor
from in_toto_attestation.v1 import statement as in_toto
from in_toto_attestation.v1 import statement_pb2
import pytest

from exporter.provenance import build
from exporter.provenance import slsa
from exporter.storage import manifest
from tests import some_exports
from tests import some_manifest

_COMMIT = 'c0' * 20
_ARCHIVE = manifest.Archive(
  'https://example.org/a.tgz', 7, 'sha384', 'ab' * 48, 'first use'
)
_BUILD = build.Build(
  _COMMIT, datetime.datetime(2016, 12, 17, tzinfo=datetime.timezone.utc)
)


def _manifest(name: str) -> manifest.Manifest:
  base = some_manifest.make(some_exports.handle(name))
  weights = dataclasses.replace(base.weights, archive=_ARCHIVE)
  return dataclasses.replace(base, weights=weights, pictures='dd' * 32)


def _text(name: str, made_by: build.Build = _BUILD) -> str:
  return slsa.statement(
    some_exports.handle(name), _manifest(name), made_by, '{}'
  )


@pytest.fixture(name='known')
def _known() -> dict:
  return json.loads(_text(some_exports.TF2))


@pytest.mark.parametrize('made_by', [build.Build(), _BUILD])
@pytest.mark.parametrize(
  'name', [some_exports.TF1, some_exports.TF2, some_exports.LITE]
)
def test_the_validators_of_others_take_it(name, made_by):
  """They refuse a field that they do not know, and a digest of a wrong size."""
  text = _text(name, made_by)
  assert text.endswith('}\n')
  assert text.count('\n') == 1
  parsed = json_format.Parse(text, statement_pb2.Statement())
  in_toto.Statement.copy_from_pb(parsed).validate()
  assert parsed.predicate_type == 'https://slsa.dev/provenance/v1'
  predicate = json_format.ParseDict(
    json_format.MessageToDict(parsed.predicate), provenance_pb2.Provenance()
  )
  definition, details = predicate.build_definition, predicate.run_details
  assert definition.build_type
  assert details.builder.id
  for each in definition.resolved_dependencies:
    resource_descriptor.ResourceDescriptor.copy_from_pb(each).validate()
  if made_by.time:
    assert details.metadata.finished_on.ToDatetime().year == 2016
  else:
    assert not details.HasField('metadata')


def test_a_file_is_named_by_its_path_in_a_hub():
  handle = some_exports.TF2
  assert slsa.subjects(_manifest(handle)) == {
    f'{handle}/assets.extra/labels.txt': 'ef' * 32,
    f'{handle}/saved_model.pb': 'cd' * 32,
  }
  assert slsa.subjects(_manifest(some_exports.LITE)) == {
    some_exports.LITE: 'cd' * 32
  }


def test_all_that_went_in_is_named(known):
  dependencies = known['predicate']['buildDefinition']['resolvedDependencies']
  archive, tensors, pictures, slimhub, tensorflow = dependencies
  assert archive['digest'] == {'sha384': 'ab' * 48}
  assert archive['annotations'] == {'trust': 'first use'}
  assert tensors['digest'] == {'sha256': 'ab' * 32}
  assert pictures['digest'] == {'sha256': 'dd' * 32}
  assert slimhub['digest'] == {'gitCommit': _COMMIT}
  assert tensorflow['uri'] == 'pkg:pypi/tensorflow@2.21.0'


def test_the_same_inputs_give_the_same_text():
  assert _text(some_exports.TF2) == _text(some_exports.TF2)
