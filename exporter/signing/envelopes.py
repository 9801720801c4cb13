"""Signs a statement of in-toto, and checks who signed one.

The form is DSSE, the envelope that in-toto's programs and cosign write: the
statement and its signatures together, in one line of JSON. The keys are those
of the signatures of files.
"""

import contextlib
import json
from typing import Any

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.signing import keys

_TYPE = 'application/vnd.in-toto+json'
# What may be raised while an envelope is read, which may hold anything.
_BAD = (LookupError, TypeError, ValueError, AttributeError, RecursionError)


def _parse(data: bytes) -> Any:
  """The envelope in some bytes.

  Raises:
    ValueError: The bytes are no envelope.
  """
  from securesystemslib import dsse
  from securesystemslib import exceptions

  try:
    return dsse.Envelope.from_dict(json.loads(data))
  except (*_BAD, exceptions.Error) as error:
    raise ValueError('no envelope') from error


def _statement(data: bytes) -> bytes:
  """The statement in an envelope, or in bytes that nobody has signed yet."""
  try:
    payload: bytes = _parse(data).payload
  except ValueError:  # Nobody has signed it yet.
    return data
  return payload


def sign_statement(
  data: bytes, key: storage.LocalPath, password: str | None = None
) -> bytes:
  """Signs a statement; a signature that it has gives way to this one.

  Args:
    data: A statement, or an envelope with one.
    key: A file with the private key.
    password: What the key is encrypted with, if it is.

  Returns:
    The envelope, in one line.

  Raises:
    PackageError: The package model-signing is missing.
    SignatureError: The file holds no private key.
  """
  environment.require('sign')
  from securesystemslib import dsse
  from securesystemslib import signer

  private = keys.private(key, password)
  envelope = dsse.Envelope(_statement(data), _TYPE, {})
  envelope.sign(signer.CryptoSigner(private))
  return json.dumps(envelope.to_dict()).encode() + b'\n'


def check_statement(name: str, data: bytes, key: keys.Public) -> None:
  """Checks that whoever has the other half of a key signed a statement.

  Args:
    name: What to call the statement in an error.
    data: What `sign_statement` returned.
    key: The public key.

  Raises:
    PackageError: The package model-signing is missing.
    SignatureError: The statement is not signed with the other half of the key,
      or was changed since.
  """
  environment.require('sign')
  from securesystemslib import exceptions
  from securesystemslib import signer

  public_key = signer.SSlibKey.from_crypto(key.key)
  try:
    envelope = _parse(data)
  except ValueError as error:
    raise errors.SignatureError(
      f'{name} is not signed: it is no envelope with signatures; take it from '
      'whoever signs, or let `slimhub sign` sign it'
    ) from error
  is_statement = envelope.payload_type == _TYPE
  for signature in envelope.signatures.values() if is_statement else ():
    # The name of a key in an envelope is a hint, which others leave out.
    named = signer.Signature(public_key.keyid, signature.signature)
    with contextlib.suppress(exceptions.UnverifiedSignatureError):
      public_key.verify_signature(named, envelope.pae())
      return
  raise errors.SignatureError(
    f'{name} is not what the owner of {key.name} signed; take it from its '
    'maker again, or use the key of whoever signed it'
  )
