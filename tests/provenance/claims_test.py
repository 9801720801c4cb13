"""What lies beside an artifact is of its files, whoever wrote it."""

import base64
import json

import pytest

from exporter import errors
from exporter.provenance import claims
from exporter.storage import export
from exporter.storage import places
from tests import some_exports


@pytest.fixture(name='place', params=[some_exports.TF2, some_exports.LITE])
def _place(request, tmp_path):
  some_exports.add(tmp_path, request.param)
  return places.place(tmp_path, some_exports.handle(request.param))


def _export(place) -> export.Export:
  stem = place.manifest.with_suffix('')
  root = stem.parents[5 if stem.suffix or '.litert' in str(stem) else 4]
  exported = export.find_export(root, stem.relative_to(root).as_posix())
  assert exported
  return exported


def _false(place) -> list[str]:
  return claims.false_claims(_export(place))


def test_what_an_export_wrote_is_there_and_true(place):
  assert claims.missing(_export(place)) == []
  assert _false(place) == []


def test_what_is_missing_is_named_and_claims_nothing(place):
  place.bom.write_bytes(b'')  # As a power cut leaves it.
  assert claims.missing(_export(place)) == [place.bom.name]
  place.provenance.unlink()
  names = [place.provenance.name, place.bom.name]
  assert claims.missing(_export(place)) == names
  assert _false(place) == []


@pytest.mark.parametrize('which', ['provenance', 'bom'])
@pytest.mark.parametrize(
  'text',
  ['else', '[]', '{}', '[' * 100000, '{"subject": 1, "metadata": 1}', 'null'],
)
def test_what_is_something_else_is_said(place, which, text):
  getattr(place, which).write_text(text)
  (suffix,) = _false(place)
  assert getattr(place, which).name.endswith(suffix)


@pytest.mark.parametrize('which', ['provenance', 'bom'])
def test_what_is_of_other_files_is_said(place, which):
  path = getattr(place, which)
  (digest, *_) = json.loads(place.manifest.read_text())['files'].values()
  path.write_text(path.read_text().replace(digest['sha256'], 'aa' * 32))
  assert len(_false(place)) == 1


@pytest.mark.parametrize('change', ['more', 'fewer'])
def test_what_is_of_more_or_fewer_files_is_said(place, change):
  statement = json.loads(place.provenance.read_text())
  bom = json.loads(place.bom.read_text())
  for files in (
    statement['subject'],
    bom['metadata']['component']['components'],
  ):
    if change == 'more':
      files.append({**files[0], 'name': 'another'})
    else:
      files.pop()
  place.provenance.write_text(json.dumps(statement))
  place.bom.write_text(json.dumps(bom))
  assert len(_false(place)) == 2


def test_a_signed_statement_is_read_too(place):
  text = place.provenance.read_text()
  for payload, expected in ((text, []), (text.replace('5', '6'), ['.jsonl'])):
    encoded = base64.b64encode(payload.encode()).decode()
    place.provenance.write_text(json.dumps({'payload': encoded}))
    assert [each[-6:] for each in _false(place)] == expected
  place.provenance.write_text('{"payload": "!"}')
  assert len(_false(place)) == 1


def test_another_bill_of_materials_is_said(place):
  place.bom.write_text(place.bom.read_text().replace('MIT', 'BSD') + ' ')
  assert _false(place) == ['.cdx.json']


@pytest.mark.parametrize(
  'predicate',
  [None, {}, {'runDetails': {}}, {'runDetails': {'byproducts': []}}],
)
def test_a_statement_on_no_bill_of_materials_vouches_for_none(place, predicate):
  statement = json.loads(place.provenance.read_text())
  statement['predicate'] = predicate
  place.provenance.write_text(json.dumps(statement))
  assert _false(place) == ['.cdx.json']


def test_no_link_is_followed(place, tmp_path):
  (tmp_path / 'else').write_text('{}')
  place.bom.unlink()
  place.bom.symlink_to(tmp_path / 'else')
  with pytest.raises(errors.ManifestError, match='link'):
    _false(place)
