"""A key is read from a PEM file, with its password; what is wrong is said."""

from cryptography.hazmat.primitives.asymmetric import dsa
from cryptography.hazmat.primitives.asymmetric import ed448
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric import x25519
import pytest

from exporter import errors
from exporter.signing import keys
from tests.signing import keys as keys_made


def test_both_halves_are_of_one_key(tmp_path):
  pair = keys_made.make(tmp_path, 'locked', 'secret')
  private = keys.private(pair.private, 'secret')
  assert private.public_key() == keys.public(pair.public).key


@pytest.mark.parametrize('password', [None, 'guess'])
def test_a_wrong_password_is_an_error(tmp_path, password):
  pair = keys_made.make(tmp_path, 'locked', 'secret')
  with pytest.raises(errors.SignatureError, match='openssl ecparam') as raised:
    keys.private(pair.private, password)
  assert 'locked.pem' in str(raised.value)


@pytest.mark.parametrize(
  ('key', 'says'),
  [
    (rsa.generate_private_key(65537, 2048), 'it is an RSA key'),
    (dsa.generate_private_key(1024), 'it is a DSA key'),
    (ed25519.Ed25519PrivateKey.generate(), 'it is an Ed25519 key'),
    (ed448.Ed448PrivateKey.generate(), 'it is an Ed448 key'),
    (x25519.X25519PrivateKey.generate(), 'it is a key of another sort'),
  ],
)
def test_a_key_of_another_sort_is_named(tmp_path, key, says):
  pair = keys_made.write(tmp_path, key)
  match = rf'\({says}\), expected an elliptic-curve .* `openssl ecparam'
  with pytest.raises(errors.SignatureError, match=match):
    keys.private(pair.private, None)
  with pytest.raises(errors.SignatureError, match=match):
    keys.public(pair.public)


def test_one_half_is_not_the_other(tmp_path):
  pair = keys_made.make(tmp_path)
  with pytest.raises(errors.SignatureError, match='holds no private key'):
    keys.private(pair.public, None)
  with pytest.raises(errors.SignatureError, match='holds no public key'):
    keys.public(pair.private)
