"""Keys that sign, from PEM files."""

import base64
from collections.abc import Iterator
import contextlib
import json
from typing import Any
from typing import NamedTuple

from exporter import errors
from exporter import storage

_KEYS = (
  'an elliptic-curve key in a PEM file, such as `openssl ecparam -genkey '
  '-noout -name prime256v1` makes; `openssl ec -pubout` writes its public half'
)


class Public(NamedTuple):
  """The public half of a key."""

  key: Any
  name: str  # What to call it in an error.


@contextlib.contextmanager
def explained(key: storage.LocalPath, kind: str) -> Iterator[None]:
  """Turns what a library raises for a key into a SignatureError."""
  try:
    yield
  except Exception as error:  # The libraries below raise all kinds.
    reason = next(iter(str(error).splitlines()), type(error).__name__)
    raise errors.SignatureError(
      f'{key} holds no {kind} key that can be used ({reason}), expected {_KEYS}'
    ) from error


def _sort(key: Any) -> str:
  """What a key is, in words."""
  from cryptography.hazmat.primitives.asymmetric import dsa
  from cryptography.hazmat.primitives.asymmetric import ed448
  from cryptography.hazmat.primitives.asymmetric import ed25519
  from cryptography.hazmat.primitives.asymmetric import rsa

  sorts = {
    'an RSA key': (rsa.RSAPrivateKey, rsa.RSAPublicKey),
    'a DSA key': (dsa.DSAPrivateKey, dsa.DSAPublicKey),
    'an Ed25519 key': (ed25519.Ed25519PrivateKey, ed25519.Ed25519PublicKey),
    'an Ed448 key': (ed448.Ed448PrivateKey, ed448.Ed448PublicKey),
  }
  names = (name for name, kinds in sorts.items() if isinstance(key, kinds))
  return next(names, 'a key of another sort')


def _elliptic(key: Any, kind: type) -> Any:
  if not isinstance(key, kind):
    # `explained` makes an error of it.
    raise ValueError(f'it is {_sort(key)}')
  return key


def private(path: storage.LocalPath, password: str | None) -> Any:
  """The private half of a key.

  Raises:
    SignatureError: The file has none, or the password is another one.
  """
  from cryptography.hazmat.primitives import serialization
  from cryptography.hazmat.primitives.asymmetric import ec

  file = storage.to_path(path)
  with explained(path, 'private'):
    key = serialization.load_pem_private_key(
      file.read_bytes(), password.encode() if password else None
    )
    return _elliptic(key, ec.EllipticCurvePrivateKey)


def public(path: storage.LocalPath) -> Public:
  """The public half of a key.

  Raises:
    SignatureError: The file has none.
  """
  from cryptography.hazmat.primitives import serialization
  from cryptography.hazmat.primitives.asymmetric import ec

  file = storage.to_path(path)
  with explained(path, 'public'):
    key = serialization.load_pem_public_key(file.read_bytes())
    return Public(_elliptic(key, ec.EllipticCurvePublicKey), f'{path}')


def of_certificate(signature: bytes, name: str) -> Public:
  """The key of whoever signed, from a signature that was found to be good.

  Args:
    signature: What `sign` returned for a certificate.
    name: What to call the key in an error.
  """
  from cryptography import x509

  material = json.loads(signature)['verificationMaterial']
  first = material['x509CertificateChain']['certificates'][0]['rawBytes']
  certificate = x509.load_der_x509_certificate(base64.b64decode(first))
  return Public(certificate.public_key(), name)
