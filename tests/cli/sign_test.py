"""`slimhub sign`, and what `verify`, `serve` and `pack` make of signatures."""

import base64
import json
import pathlib
import shutil

import pytest
import requests

from exporter import signing
from exporter import storage
from exporter.cli import entry
from exporter.storage import places
from tests import exports_made
from tests import hub_server
from tests import some_exports
from tests.signing import certificates
from tests.signing import keys as keys_lib

_NAMES = (some_exports.TF1, some_exports.TF2, some_exports.LITE)
_PATTERN = 'mobilenet_v1_025_128/classification/5'
_REAL = f'google/imagenet/{_PATTERN}'


def _main(*argv: object) -> int:
  return entry.main(entry.parse(['slimhub', *map(str, argv)]))


def _signature(exports: pathlib.Path, name: str) -> pathlib.Path:
  return places.place(exports, some_exports.handle(name)).signature


def _exports(folder: pathlib.Path, *names: str) -> pathlib.Path:
  for name in names:
    some_exports.add(folder, name)
  return folder


@pytest.fixture(scope='module', name='keys')
def _keys(tmp_path_factory) -> keys_lib.Keys:
  return keys_lib.make(tmp_path_factory.mktemp('keys'))


def _sign(exports: pathlib.Path, keys: keys_lib.Keys, *patterns: str) -> int:
  return _main('sign', exports, *patterns, f'--private_key={keys.private}')


def test_a_signature_lies_beside_each_export(tmp_path, keys):
  exports = _exports(tmp_path / 'exports', *_NAMES)
  assert _sign(exports, keys) == 0
  for name in _NAMES:
    assert _signature(exports, name).is_file()
  assert _signature(exports, some_exports.TF2).name == '5.sig'


def test_only_what_a_pattern_names_is_signed(tmp_path, keys, capsys):
  exports = _exports(tmp_path / 'exports', *_NAMES)
  assert _sign(exports, keys, 'mobilenet_v1_*/classification/3') == 0
  assert capsys.readouterr().out.count('signed ') == 2  # A line, and the sum.
  assert _signature(exports, some_exports.TF1).is_file()
  assert not _signature(exports, some_exports.TF2).exists()


def test_a_file_that_was_changed_is_not_signed(tmp_path, keys, capsys):
  exports = _exports(tmp_path / 'exports', some_exports.TF2)
  (exports / some_exports.TF2 / 'saved_model.pb').write_text('else')
  assert _sign(exports, keys) == 1
  assert 'saved_model.pb' in capsys.readouterr().err
  assert not _signature(exports, some_exports.TF2).exists()


def test_nothing_is_signed_while_an_export_may_be_replaced(
  tmp_path, keys, capsys
):
  exports = _exports(tmp_path / 'exports', some_exports.TF2)
  with storage.hold(exports):
    assert _sign(exports, keys) == 1
  assert f'another slimhub works in {exports}' in capsys.readouterr().err
  assert not _signature(exports, some_exports.TF2).exists()


def test_what_is_no_key_signs_nothing(tmp_path, keys, capsys):
  exports = _exports(tmp_path / 'exports', some_exports.TF2)
  assert _sign(exports, keys._replace(private=keys.public)) == 1
  assert 'openssl ecparam' in capsys.readouterr().err
  assert not _signature(exports, some_exports.TF2).exists()


def test_the_hub_and_a_packed_folder_hand_signatures_out(tmp_path, keys):
  exports = _exports(tmp_path / 'exports', *_NAMES)
  assert _sign(exports, keys, 'mobilenet_v1_*/classification/5') == 0
  expected = _signature(exports, some_exports.TF2).read_bytes()
  with hub_server.serve(exports) as hub:

    def ask(name: str) -> requests.Response:
      return requests.get(f'{hub.url}/{name}.sig', timeout=60)

    assert ask(some_exports.TF2).content == expected
    lite = ask(some_exports.LITE.removesuffix('.tflite'))
    assert lite.content == _signature(exports, some_exports.LITE).read_bytes()
    missing = ask(some_exports.TF1)
    assert missing.status_code == 404
    assert 'is not signed' in missing.text
  packed = tmp_path / 'packed'
  for _ in range(2):  # The second time all is kept.
    assert _main('pack', exports, f'--output_dir={packed}') == 0
    assert (packed / f'{some_exports.TF2}.sig').read_bytes() == expected
    assert not (packed / f'{some_exports.TF1}.sig').exists()


@pytest.fixture(scope='module', name='real')
def _real(tmp_path_factory, keys) -> pathlib.Path:
  """A folder with a real export, signed."""
  exports = tmp_path_factory.mktemp('real') / 'exports'
  exports_made.copy(exports, 'tf2')
  assert _sign(exports, keys) == 0
  return exports


def test_verify_takes_what_the_owner_of_a_key_signed(
  real, keys, tmp_path, capsys
):
  flag = f'--public_key={keys.public}'
  assert _main('verify', real, flag) == 0
  other_keys = keys_lib.make(tmp_path, 'other')
  assert _main('verify', real, f'--public_key={other_keys.public}') == 1
  assert 'is not what the owner of' in capsys.readouterr().err
  copy = tmp_path / 'copy'
  shutil.copytree(real, copy)
  _signature(copy, _REAL).unlink()
  assert _main('verify', copy, flag) == 1
  assert 'is not signed: there is no' in capsys.readouterr().err


def _copy(real: pathlib.Path, tmp_path: pathlib.Path) -> places.Place:
  shutil.copytree(real, tmp_path / 'copy')
  return places.place(tmp_path / 'copy', some_exports.handle(_REAL))


def _refused(keys: keys_lib.Keys, tmp_path: pathlib.Path, capsys) -> str:
  flag = f'--public_key={keys.public}'
  assert _main('verify', tmp_path / 'copy', flag) == 1
  return capsys.readouterr().err


def test_provenance_is_signed_too(real, keys, tmp_path, capsys):
  place = _copy(real, tmp_path)
  envelope = json.loads(place.provenance.read_text())
  signing.check_statement(
    'it', place.provenance.read_bytes(), signing.public(keys.public)
  )
  statement = base64.b64decode(envelope['payload'])
  assert json.loads(statement)['predicateType'].startswith('https://slsa.dev/')

  place.provenance.write_bytes(statement)
  error = _refused(keys, tmp_path, capsys)
  assert f'{place.provenance} is not signed' in error

  other_statement = statement.replace(b'slimhub export', b'slimhub import')
  assert other_statement != statement
  altered = {**envelope, 'payload': base64.b64encode(other_statement).decode()}
  place.provenance.write_text(json.dumps(altered))
  error = _refused(keys, tmp_path, capsys)
  assert f'{place.provenance} is not what the owner of' in error


def test_a_certificate_stands_for_the_key(real, keys, tmp_path, capsys):
  _copy(real, tmp_path)
  copy, certified = tmp_path / 'copy', certificates.make(tmp_path / 'a')
  chain = f'--certificate_chain={certified.chain}'
  command = ('sign', copy, f'--private_key={certified.key}', chain)
  assert _main(*command) == 2
  assert 'name that certificate with' in capsys.readouterr().err
  assert _main(*command, f'--certificate={certified.certificate}') == 0
  assert _main('verify', copy, f'--root_certificates={certified.root}') == 0
  assert 'use --root_certificates=FILE' in _refused(keys, tmp_path, capsys)
  # The files are signed by that key, and the provenance by another one.
  place = places.place(copy, some_exports.handle(_REAL))
  signed = signing.sign_statement(place.provenance.read_bytes(), keys.private)
  place.provenance.write_bytes(signed)
  assert _main('verify', copy, f'--root_certificates={certified.root}') == 1
  error = capsys.readouterr().err
  assert 'is not what the owner of the certificate of' in error


def test_the_bill_of_materials_is_that_of_the_signed_provenance(
  real, keys, tmp_path, capsys
):
  place = _copy(real, tmp_path)
  text = place.bom.read_text()
  place.bom.write_text(text.replace('Apache-2.0', 'MIT'))
  assert place.bom.read_text() != text
  assert '.cdx.json beside it' in _refused(keys, tmp_path, capsys)
  assert _sign(tmp_path / 'copy', keys) == 1  # Nobody signs what is false.
  assert '.cdx.json is of something else' in capsys.readouterr().err


@pytest.mark.parametrize('which', ['provenance', 'bom'])
def test_an_export_is_signed_as_a_whole_or_not_at_all(
  real, keys, tmp_path, capsys, which
):
  """Whoever removes what is signed, too, could write anything in its place."""
  place = _copy(real, tmp_path)
  path = getattr(place, which)
  path.unlink()
  assert f'there is no {path}, which is' in _refused(keys, tmp_path, capsys)
  roots = certificates.make(tmp_path / 'a').root
  assert _main('verify', tmp_path / 'copy', f'--root_certificates={roots}') == 1
  assert f'there is no {path}, which is' in capsys.readouterr().err
  before = place.signature.read_bytes()
  assert _sign(tmp_path / 'copy', keys) == 1
  assert f'{path.name} is missing' in capsys.readouterr().err
  assert place.signature.read_bytes() == before


def test_what_is_signed_may_be_signed_by_another(real, keys, tmp_path):
  place = _copy(real, tmp_path)
  before = json.loads(place.provenance.read_text())['payload']
  other_keys = keys_lib.make(tmp_path, 'other')
  assert _sign(tmp_path / 'copy', other_keys) == 0
  assert json.loads(place.provenance.read_text())['payload'] == before
  assert (
    _main('verify', tmp_path / 'copy', f'--public_key={other_keys.public}') == 0
  )


def test_what_replaces_a_signed_export_is_not_signed(real, tmp_path):
  exports = tmp_path / 'exports'
  shutil.copytree(real, exports)
  output = f'--output_dir={exports}'
  command = ('export', _PATTERN, '--synthetic_weights', output)
  assert _main(*command) == 0
  assert _signature(exports, _REAL).is_file()  # The export was kept.
  assert _main(*command, '--force') == 0
  assert not _signature(exports, _REAL).exists()
