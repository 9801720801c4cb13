"""A token opens the paths of its lines, and no others."""

import base64
import hashlib

import pytest

from exporter import errors
from exporter.hub import tokens

_TOKEN, _OTHER = 'correct horse', 'battery'


def _hash(token: str) -> str:
  return hashlib.sha256(token.encode()).hexdigest()


def _bearer(token: str) -> str:
  return f'Bearer {token}'


def _basic(token: str) -> str:
  return 'Basic ' + base64.b64encode(f'any:{token}'.encode()).decode()


@pytest.fixture(name='access')
def _access(tmp_path):
  path = tmp_path / 'tokens'
  path.write_text(
    '# Who may ask.\n\n'
    f'alice {_hash(_TOKEN)} /acme/\n'
    f'alice {_hash(_TOKEN)} /index.json\n'
    f'root {_hash(_OTHER)} /\n'
    'public - /google/imagenet\n'
  )
  return tokens.Access(path)


@pytest.mark.parametrize('how', [_bearer, _basic])
@pytest.mark.parametrize(
  ('token', 'path', 'expected'),
  [
    (_TOKEN, '/acme/flowers/a/classification/1', True),
    (_TOKEN, '/acme', True),
    (_TOKEN, '/index.json', True),
    (_TOKEN, '/acmes/flowers', False),
    (_TOKEN, '/', False),
    (_TOKEN, '/acme/../other/x', False),
    (_TOKEN, '/acme//../other/x', False),
    (_TOKEN, '/acme/./x', False),
    (_TOKEN, '/acme/..', False),
    (_OTHER, 'http://host/acme', True),
    (_TOKEN, 'http://host/acme/x', False),
    (_OTHER, '/', True),
    (_OTHER, '/acme/x', True),
    ('', '/acme/x', False),
    ('guess', '/acme/x', False),
    ('guess', '/google/imagenet/x', True),
    ('guess', '/google/imagenets/x', False),
    ('guess', '/healthz', True),
  ],
)
def test_a_token_opens_its_own_paths(access, how, token, path, expected):
  assert access.allows(path, how(token)) is expected


def test_a_token_has_the_name_of_its_line(access):
  assert access.name(_bearer(_TOKEN)) == 'alice'
  assert access.name(_bearer('guess')) == ''
  assert access.name('') == ''


@pytest.mark.parametrize(
  'authorization',
  ['Bearer', 'Basic !', 'Basic /w==', 'Digest x', '\xff', 'Bearer -'],
)
def test_what_is_no_token_opens_nothing(access, authorization):
  assert not access.allows('/acme/x', authorization)


@pytest.mark.parametrize(
  'line',
  [
    _TOKEN,
    f'alice {_TOKEN} /',
    f'alice {_hash(_TOKEN).upper()} /',
    f'alice {_hash(_TOKEN)}',
    f'alice {_hash(_TOKEN)} acme',
    f'al\x1bice {_hash(_TOKEN)} /',
  ],
)
def test_a_line_of_something_else_is_refused_and_not_shown(tmp_path, line):
  path = tmp_path / 'tokens'
  path.write_text(f'# A comment.\n{line}\n')
  with pytest.raises(errors.HubError, match='line 2: expected NAME') as raised:
    tokens.read_tokens(path)
  assert _TOKEN not in str(raised.value)


@pytest.mark.parametrize('text', [b'', b'# nobody\n', b'\xff'])
def test_a_file_of_no_tokens_is_refused(tmp_path, text):
  path = tmp_path / 'tokens'
  path.write_bytes(text)
  with pytest.raises(errors.HubError, match='token'):
    tokens.read_tokens(path)


def test_a_missing_file_is_refused(tmp_path):
  with pytest.raises(errors.HubError, match='--token_file'):
    tokens.read_tokens(tmp_path / 'none')


def test_whoever_brings_no_token_is_nobody(tmp_path):
  path = tmp_path / 'tokens'
  path.write_text(f'all {_hash("")} /\n')
  access = tokens.Access(path)
  assert access.name('') == ''
  assert not access.allows('/acme/x', '')
