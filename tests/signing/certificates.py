"""Keys for which others vouch, made anew for a run of tests."""

import datetime
import pathlib
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_PEM = serialization.Encoding.PEM
_NAMES = ('root', 'chain', 'certificate')  # Each vouches for the next.


class Certified(NamedTuple):
  """The files of a key for which others vouch."""

  key: pathlib.Path
  certificate: pathlib.Path
  chain: pathlib.Path  # What stands between it and the root.
  root: pathlib.Path


def _usage(*, signs: bool, vouches: bool) -> x509.KeyUsage:
  return x509.KeyUsage(
    digital_signature=signs,
    content_commitment=False,
    key_encipherment=not signs,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=vouches,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
  )


def make(folder: pathlib.Path, *, signs: bool = True) -> Certified:
  """Makes three certificates: a root, one between, and one of a key that signs.

  Each of the first two vouches for the next.

  Args:
    folder: Where the files go.
    signs: Whether the key may sign.
  """
  folder.mkdir(exist_ok=True)
  now = datetime.datetime.now(datetime.timezone.utc)
  issuer, issuer_key = None, None
  for name in _NAMES:
    key = ec.generate_private_key(ec.SECP256R1())
    own = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    vouches = name != _NAMES[-1]
    certificate = (
      x509.CertificateBuilder()
      .subject_name(own)
      .issuer_name(issuer or own)
      .public_key(key.public_key())
      .serial_number(x509.random_serial_number())
      .not_valid_before(now - datetime.timedelta(hours=1))
      .not_valid_after(now + datetime.timedelta(hours=1))
      .add_extension(x509.BasicConstraints(vouches, None), critical=True)
      .add_extension(
        _usage(signs=vouches or signs, vouches=vouches), critical=True
      )
      .sign(issuer_key or key, hashes.SHA256())
    )
    (folder / f'{name}.pem').write_bytes(certificate.public_bytes(_PEM))
    issuer, issuer_key = own, key
  (folder / 'key.pem').write_bytes(
    key.private_bytes(
      _PEM,
      serialization.PrivateFormat.PKCS8,
      serialization.NoEncryption(),
    )
  )
  return Certified(
    *(folder / f'{name}.pem' for name in ('key', *reversed(_NAMES)))
  )
