"""Signs the files of an artifact, and checks a signature of them.

The form is that of OpenSSF Model Signing: an in-toto statement with the name
and hash of every file, in a Sigstore bundle. Its own command checks what is
signed here, and the reverse. Keys are PEM files; nothing is asked of a network.
"""

from collections.abc import Sequence
import json
import pathlib
import tempfile
from typing import Any

from exporter import environment
from exporter import errors
from exporter import storage
from exporter.signing import keys


def _hashing() -> Any:
  """Takes all files, also those that Git ignores; a link is an error."""
  from model_signing import hashing

  config = hashing.Config().use_file_serialization(
    hashing_algorithm='sha256', allow_symlinks=False
  )
  return config.set_ignored_paths(paths=[], ignore_git_paths=False)


def _has(signature: bytes, material: str) -> bool:
  """Whether a signature says that this kind of thing checks it."""
  try:
    return material in json.loads(signature)['verificationMaterial']
  except (ValueError, LookupError, TypeError, RecursionError):
    return False  # A signature of somebody may be anything.


def sign(
  artifact: storage.LocalPath,
  key: storage.LocalPath,
  password: str | None = None,
  certificates: Sequence[storage.LocalPath] = (),
) -> bytes:
  """Signs all files of an artifact.

  Args:
    artifact: A folder or a file.
    key: A file with the private key.
    password: What the key is encrypted with, if it is.
    certificates: Files with the certificate of the key, and with those that
      vouch for it; without any, whoever checks needs the public key.

  Returns:
    The signature, to be kept beside the artifact.

  Raises:
    PackageError: The package model-signing is missing.
    SignatureError: The file holds no private key, or one of another sort, or
      there are both a password and a certificate; or the certificate is
      unusable, or is of another key.
  """
  environment.require('sign')
  from model_signing import signing

  file, chain = storage.to_path(key), [*map(storage.to_path, certificates)]
  keys.private(key, password)  # The library asks nobody what sort it is.
  config = signing.Config().set_hashing_config(_hashing())
  with keys.explained(key, 'private'):
    if chain:
      if password:
        raise ValueError('it must have no password beside a certificate')
      config.use_certificate_signer(
        private_key=file,
        signing_certificate=chain[0],
        # The library takes an empty chain for damaged files. The certificate
        # itself as its chain does no harm.
        certificate_chain=chain[1:] or chain,
      )
    else:
      # The library declares the password as a text, but needs bytes.
      encoded: Any = password.encode() if password else None
      config.use_elliptic_key_signer(private_key=file, password=encoded)
  with tempfile.TemporaryDirectory() as folder:
    signature = pathlib.Path(folder) / 'signature'
    config.sign(storage.to_path(artifact), signature)
    return signature.read_bytes()


def check(
  name: str,
  artifact: storage.LocalPath,
  signature: bytes,
  key: storage.LocalPath,
) -> None:
  """Checks that whoever has the other half of a key signed these very files.

  Args:
    name: What to call the artifact in an error.
    artifact: A folder or a file.
    signature: What `sign` returned.
    key: A file with the public key.

  Raises:
    PackageError: The package model-signing is missing.
    SignatureError: The file holds no public key, or one of another sort, the
      signature is damaged, of another key or of a certificate, or a file was
      changed, added or removed since.
  """
  environment.require('sign')
  from model_signing import verifying

  keys.public(key)
  if _has(signature, 'x509CertificateChain'):
    raise errors.SignatureError(
      f'{name} was signed with a certificate, which no key alone checks; use '
      '--root_certificates=FILE, with the certificates of whoever vouches for '
      f'who signed, in the place of --public_key={key}'
    )
  config = verifying.Config()
  with keys.explained(key, 'public'):
    config.use_elliptic_key_verifier(public_key=storage.to_path(key))
  _verify(config, artifact, signature, f'{name} is not what the owner of {key}')


def check_certified(
  name: str,
  artifact: storage.LocalPath,
  signature: bytes,
  roots: storage.LocalPath,
) -> keys.Public:
  """Checks that somebody signed these files for whom certificates vouch.

  The certificate must have been good when it was issued, and be made to sign.
  Whose it is, is for whoever issues certificates to decide.

  Args:
    name: What to call the artifact in an error.
    artifact: A folder or a file.
    signature: What `sign` returned.
    roots: A file with the certificates of those who vouch.

  Returns:
    The key of whoever signed.

  Raises:
    PackageError: The package model-signing is missing.
    SignatureError: The file has no certificates, they do not vouch for whoever
      signed, nobody is named who did, or a file was changed, added or removed
      since.
  """
  environment.require('sign')
  from model_signing import verifying

  if _has(signature, 'publicKey'):
    raise errors.SignatureError(
      f'{name} was signed with a key, and no certificate says whose; use '
      '--public_key=FILE, with the other half of that key, in the place of '
      f'--root_certificates={roots}'
    )
  config = verifying.Config()
  try:
    config.use_certificate_verifier(certificate_chain=[storage.to_path(roots)])
  except (OSError, ValueError) as error:
    raise errors.SignatureError(
      f'{roots} holds no certificates ({error}), expected those in PEM of '
      'whoever vouches for who signs'
    ) from error
  _verify(
    config,
    artifact,
    signature,
    f'{name} is not what somebody for whom {roots} vouches',
  )
  return keys.of_certificate(signature, f'the certificate of {name}')


def _verify(
  config: Any, artifact: storage.LocalPath, signature: bytes, not_so: str
) -> None:
  config.set_hashing_config(_hashing())
  with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / 'signature'
    path.write_bytes(signature)
    try:
      config.verify(storage.to_path(artifact), path)
    except Exception as error:  # A signature of somebody may be anything.
      reason = ' '.join(str(error).split()) or type(error).__name__
      raise errors.SignatureError(
        f'{not_so} signed: {reason:.500}; take it from its maker again, or use '
        'the key of whoever signed it'
      ) from error
