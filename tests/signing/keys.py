"""Keys to sign with, made anew for a run of tests."""

import pathlib
from typing import Any
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec


class Keys(NamedTuple):
  """The files of the two halves of a key."""

  private: pathlib.Path
  public: pathlib.Path


def make(folder: pathlib.Path, name: str = 'key', password: str = '') -> Keys:
  """Makes a key, and writes its halves to a folder."""
  return write(folder, ec.generate_private_key(ec.SECP256R1()), name, password)


def write(
  folder: pathlib.Path, key: Any, name: str = 'key', password: str = ''
) -> Keys:
  """Writes the halves of a key, of whatever sort, to a folder."""
  pem = serialization.Encoding.PEM
  encryption: serialization.KeySerializationEncryption = (
    serialization.NoEncryption()
  )
  if password:
    encryption = serialization.BestAvailableEncryption(password.encode())
  keys = Keys(folder / f'{name}.pem', folder / f'{name}.pub.pem')
  keys.private.write_bytes(
    key.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption)
  )
  keys.public.write_bytes(
    key.public_key().public_bytes(
      pem, serialization.PublicFormat.SubjectPublicKeyInfo
    )
  )
  return keys
