"""That a signature is of these very files, and of this key alone."""

import pathlib
import subprocess
import sys

from cryptography.hazmat.primitives.asymmetric import rsa
import pytest

from exporter import errors
from exporter import signing
from tests.signing import certificates
from tests.signing import keys as keys_lib


@pytest.fixture(name='keys')
def _keys(tmp_path) -> keys_lib.Keys:
  return keys_lib.make(tmp_path)


@pytest.fixture(name='model')
def _model(tmp_path) -> pathlib.Path:
  folder = tmp_path / 'model'
  (folder / 'variables').mkdir(parents=True)
  (folder / 'saved_model.pb').write_text('program')
  (folder / 'variables' / 'variables.index').write_text('index')
  return folder


def test_what_is_signed_is_checked(model, keys):
  signature = signing.sign(model, keys.private)
  signing.check('it', model, signature, keys.public)


def test_paths_may_be_texts(model, keys):
  signature = signing.sign(f'{model}', f'{keys.private}')
  signing.check('it', f'{model}', signature, f'{keys.public}')


def test_a_file_is_signed_as_a_folder_is(tmp_path, keys):
  path = tmp_path / 'model.tflite'
  path.write_text('a file')
  signature = signing.sign(path, keys.private)
  signing.check('it', path, signature, keys.public)
  path.write_text('another')
  with pytest.raises(errors.SignatureError, match='it is not what the owner'):
    signing.check('it', path, signature, keys.public)


def _flip(model: pathlib.Path) -> None:
  (model / 'saved_model.pb').write_text('Program')


def _rename(model: pathlib.Path) -> None:
  (model / 'saved_model.pb').rename(model / 'saved_model2.pb')


def _link(model: pathlib.Path) -> None:
  (model / 'saved_model.pb').rename(model.parent / 'elsewhere')
  (model / 'saved_model.pb').symlink_to(model.parent / 'elsewhere')


@pytest.mark.parametrize(
  ('change', 'words'),
  [
    (_flip, 'Hash mismatch for .saved_model.pb'),
    (lambda model: (model / 'more').write_text(''), 'Extra files'),
    (lambda model: (model / '.gitignore').write_text(''), 'Extra files'),
    (lambda model: (model / 'saved_model.pb').unlink(), 'Missing files'),
    (_rename, 'Extra files'),
    (_link, 'saved_model.pb'),
  ],
)
def test_a_change_is_named(model, keys, change, words):
  signature = signing.sign(model, keys.private)
  change(model)
  with pytest.raises(errors.SignatureError, match=words):
    signing.check('it', model, signature, keys.public)


def test_another_key_and_garbage_are_refused(model, keys, tmp_path):
  signature = signing.sign(model, keys.private)
  other_keys = keys_lib.make(tmp_path, 'other')
  for wrong in (signature, b'', b'{}', signature[:99]):
    with pytest.raises(errors.SignatureError, match=r'owner of .*other'):
      signing.check('it', model, wrong, other_keys.public)


def test_a_key_has_a_password(model, tmp_path):
  keys = keys_lib.make(tmp_path, 'locked', 'secret')
  signature = signing.sign(model, keys.private, 'secret')
  signing.check('it', model, signature, keys.public)
  for wrong in (None, 'guess', 'of no text \udcff'):
    with pytest.raises(errors.SignatureError, match='openssl ecparam'):
      signing.sign(model, keys.private, wrong)


def test_what_is_no_key_is_named(model, keys, tmp_path):
  text = tmp_path / 'text.pem'
  text.write_text('no key')
  for path in (text, tmp_path / 'nothing.pem', keys.public):
    with pytest.raises(errors.SignatureError, match=path.name):
      signing.sign(model, path)
  signature = signing.sign(model, keys.private)
  for path in (text, tmp_path / 'nothing.pem'):
    with pytest.raises(errors.SignatureError, match=path.name):
      signing.check('it', model, signature, path)


def test_a_key_of_another_sort_is_named(model, keys, tmp_path):
  pair = keys_lib.write(tmp_path, rsa.generate_private_key(65537, 2048), 'rsa')
  certified = certificates.make(tmp_path / 'a')
  for names in ((), (certified.certificate,)):
    with pytest.raises(errors.SignatureError, match='it is an RSA key'):
      signing.sign(model, pair.private, None, names)
  signature = signing.sign(model, keys.private)
  with pytest.raises(errors.SignatureError, match='it is an RSA key'):
    signing.check('it', model, signature, pair.public)


def test_its_own_command_checks_ours_and_the_reverse(model, keys, tmp_path):
  path = tmp_path / 'signature'
  command = (sys.executable, '-m', 'model_signing')
  path.write_bytes(signing.sign(model, keys.private))
  of_key = ('--public_key', keys.public, '--signature', path, model)
  subprocess.run([*command, 'verify', 'key', *of_key], check=True)
  theirs = ('--private_key', keys.private, '--signature', path, model)
  subprocess.run([*command, 'sign', 'key', *theirs], check=True)
  signing.check('it', model, path.read_bytes(), keys.public)


def test_a_certificate_stands_for_the_key(model, tmp_path):
  certified = certificates.make(tmp_path / 'a')
  paths = (certified.certificate, certified.chain)
  signature = signing.sign(model, certified.key, None, paths)
  key = signing.check_certified('it', model, signature, certified.root)
  signed = signing.sign_statement(b'{}', certified.key)
  signing.check_statement('it', signed, key)

  (model / 'saved_model.pb').write_text('Program')
  with pytest.raises(errors.SignatureError, match='Hash mismatch'):
    signing.check_certified('it', model, signature, certified.root)


def test_others_vouch_for_nobody(model, tmp_path, keys):
  certified = certificates.make(tmp_path / 'a')
  stranger = certificates.make(tmp_path / 'b')
  paths = (certified.certificate, certified.chain)
  signature = signing.sign(model, certified.key, None, paths)
  of_key = signing.sign(model, certified.key)
  alone = signing.sign(model, certified.key, None, paths[:1])
  for wrong, root in (
    (signature, stranger.root),
    (alone, certified.root),
    (b'{}', certified.root),
  ):
    with pytest.raises(errors.SignatureError, match=r'for whom .*root.pem'):
      signing.check_certified('it', model, wrong, root)
  of_certificate = 'with a certificate, .* use --root_certificates=FILE'
  with pytest.raises(errors.SignatureError, match=of_certificate):
    signing.check('it', model, signature, keys.public)
  with pytest.raises(errors.SignatureError, match='use --public_key=FILE'):
    signing.check_certified('it', model, of_key, certified.root)
  with pytest.raises(errors.SignatureError, match='holds no certificates'):
    signing.check_certified('it', model, signature, certified.key)


def test_what_a_certificate_is_not_for_is_refused(model, tmp_path):
  certified = certificates.make(tmp_path / 'a', signs=False)
  paths = (certified.certificate, certified.chain)
  signature = signing.sign(model, certified.key, None, paths)
  with pytest.raises(errors.SignatureError, match='cannot be used for signing'):
    signing.check_certified('it', model, signature, certified.root)


def test_the_certificate_of_another_key_is_named(model, tmp_path, keys):
  certified = certificates.make(tmp_path / 'a')
  with pytest.raises(errors.SignatureError, match='does not match'):
    signing.sign(
      model, keys.private, None, (certified.certificate, certified.chain)
    )
  locked = keys_lib.make(tmp_path, 'locked', 'secret')
  with pytest.raises(errors.SignatureError, match='must have no password'):
    signing.sign(model, locked.private, 'secret', (certified.certificate,))


def test_its_own_command_checks_certificates(model, tmp_path):
  certified = certificates.make(tmp_path / 'a')
  path = tmp_path / 'signature'
  paths = (certified.certificate, certified.chain)
  path.write_bytes(signing.sign(model, certified.key, None, paths))
  command = (sys.executable, '-m', 'model_signing', 'verify', 'certificate')
  of_root = ('--certificate_chain', certified.root, '--signature', path, model)
  subprocess.run([*command, *of_root], check=True)
