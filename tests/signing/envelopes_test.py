"""A signed statement is one that other programs check, with this key alone."""

import base64
import json
import pathlib
import subprocess

import pytest
from securesystemslib import dsse
from securesystemslib import signer

from exporter import errors
from exporter import signing
from exporter.signing import keys as keys_of_signing
from tests.signing import keys as keys_lib

_STATEMENT = b'{"_type": "https://in-toto.io/Statement/v1"}\n'


@pytest.fixture(name='keys')
def _keys(tmp_path) -> keys_lib.Keys:
  return keys_lib.make(tmp_path)


def _envelope(signed: bytes) -> dict:
  assert signed.count(b'\n') == 1
  return json.loads(signed)


def test_what_is_signed_is_checked(keys):
  signed = signing.sign_statement(_STATEMENT, keys.private)
  signing.check_statement('it', signed, signing.public(keys.public))
  envelope = _envelope(signed)
  assert base64.b64decode(envelope['payload']) == _STATEMENT
  assert envelope['payloadType'] == 'application/vnd.in-toto+json'


def test_openssl_checks_it(keys, tmp_path):
  """By the words of DSSE: what is signed is type and payload, with sizes."""
  envelope = _envelope(signing.sign_statement(_STATEMENT, keys.private))
  name = envelope['payloadType']
  head = f'DSSEv1 {len(name)} {name} {len(_STATEMENT)} '
  (tmp_path / 'signed').write_bytes(head.encode() + _STATEMENT)
  (signature,) = envelope['signatures']
  (tmp_path / 'sig').write_bytes(base64.b64decode(signature['sig']))
  command = (
    'openssl',
    'dgst',
    '-sha256',
    '-verify',
    keys.public,
  )
  files = ('-signature', tmp_path / 'sig', tmp_path / 'signed')
  subprocess.run([*command, *files], check=True)


def test_who_signs_again_replaces_the_signature(keys, tmp_path):
  other_keys = keys_lib.make(tmp_path, 'other')
  once = signing.sign_statement(_STATEMENT, other_keys.private)
  twice = signing.sign_statement(once, keys.private)
  assert base64.b64decode(_envelope(twice)['payload']) == _STATEMENT
  signing.check_statement('it', twice, signing.public(keys.public))
  with pytest.raises(errors.SignatureError, match=r'owner of .*other'):
    signing.check_statement('it', twice, signing.public(other_keys.public))


def test_an_envelope_need_not_name_the_key(keys):
  envelope = _envelope(signing.sign_statement(_STATEMENT, keys.private))
  for named in ('', 'another'):
    envelope['signatures'][0]['keyid'] = named
    data = json.dumps(envelope).encode()
    signing.check_statement('it', data, signing.public(keys.public))


def _other_payload(envelope: dict) -> None:
  envelope['payload'] = base64.b64encode(b'{"_type": "else"}').decode()


def _other_type(envelope: dict) -> None:
  envelope['payloadType'] = 'application/json'


def _other_signature(envelope: dict) -> None:
  envelope['signatures'][0]['sig'] = 'AAAA'


@pytest.mark.parametrize(
  'change',
  [
    *(_other_payload, _other_type, _other_signature),
    lambda envelope: envelope['signatures'].clear(),
  ],
)
def test_a_change_is_refused(keys, change):
  envelope = _envelope(signing.sign_statement(_STATEMENT, keys.private))
  change(envelope)
  with pytest.raises(errors.SignatureError, match='it is not what the owner'):
    signing.check_statement(
      'it', json.dumps(envelope).encode(), signing.public(keys.public)
    )


def test_what_was_signed_as_something_else_is_no_statement(keys):
  private = keys_of_signing.private(keys.private, None)
  envelope = dsse.Envelope(_STATEMENT, 'application/json', {})
  envelope.sign(signer.CryptoSigner(private))
  data = json.dumps(envelope.to_dict()).encode()
  with pytest.raises(errors.SignatureError, match='it is not what the owner'):
    signing.check_statement('it', data, signing.public(keys.public))


@pytest.mark.parametrize(
  'data', [_STATEMENT, b'', b'[]', b'{}', b'[' * 100000, b'{"payload": 1}']
)
def test_what_is_not_signed_is_refused(keys, data):
  with pytest.raises(errors.SignatureError, match='it is not signed'):
    signing.check_statement('it', data, signing.public(keys.public))


@pytest.mark.parametrize('kind', ['private', 'public'])
def test_what_is_no_key_of_this_sort_is_named(tmp_path, kind):
  of_rsa = tmp_path / 'rsa.pem'
  subprocess.run(
    ['openssl', 'genrsa', '-out', of_rsa, '2048'],
    check=True,
    stderr=subprocess.DEVNULL,
  )
  for path in (of_rsa, tmp_path / 'none'):
    with pytest.raises(errors.SignatureError, match=f'no {kind} key'):
      _use(path, kind)


def _use(path: pathlib.Path, kind: str) -> None:
  if kind == 'private':
    signing.sign_statement(_STATEMENT, path)
  else:
    signing.check_statement('it', _STATEMENT, signing.public(path))
