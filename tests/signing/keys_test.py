"""A key is read from a PEM file, with its password; what is wrong is said."""

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


def test_one_half_is_not_the_other(tmp_path):
  pair = keys_made.make(tmp_path)
  with pytest.raises(errors.SignatureError, match='is no private key'):
    keys.private(pair.public, None)
  with pytest.raises(errors.SignatureError, match='is no public key'):
    keys.public(pair.private)
