"""A certificate of one's own for 127.0.0.1, so that a test can speak https."""

import datetime
import ipaddress
import pathlib

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def write(path: pathlib.Path) -> pathlib.Path:
  """Writes a certificate and its key into one file, good for an hour."""
  key = ec.generate_private_key(ec.SECP256R1())
  name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, 'a test')])
  now = datetime.datetime.now(datetime.timezone.utc)
  address = x509.IPAddress(ipaddress.ip_address('127.0.0.1'))
  certificate = (
    x509.CertificateBuilder()
    .subject_name(name)
    .issuer_name(name)
    .public_key(key.public_key())
    .serial_number(x509.random_serial_number())
    .not_valid_before(now - datetime.timedelta(hours=1))
    .not_valid_after(now + datetime.timedelta(hours=1))
    .add_extension(x509.SubjectAlternativeName([address]), critical=False)
    .sign(key, hashes.SHA256())
  )
  private = key.private_bytes(
    serialization.Encoding.PEM,
    serialization.PrivateFormat.PKCS8,
    serialization.NoEncryption(),
  )
  path.write_bytes(
    private + certificate.public_bytes(serialization.Encoding.PEM)
  )
  return path
