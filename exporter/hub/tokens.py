"""Who may ask a hub for what: a file with the hashes of bearer tokens.

A line has a name for the log, the SHA-256 of a token in hexadecimal, and the
beginning of the paths that the token opens; `-` in place of the hash opens them
to everybody. A token of several paths has several lines.
"""

import base64
import binascii
from collections.abc import Iterator
import dataclasses
import hashlib
import hmac
import pathlib
import re

from exporter import errors
from exporter.hub import renewal
from model_specs import outside

FREE = '/healthz'  # For whoever watches over the server.
_EVERYBODY = '-'
_MOST = 2**20  # Bytes of the file.
_NAME = re.compile(r'[A-Za-z0-9_.@-]{1,64}')
_HASH = re.compile(rf'[0-9a-f]{{64}}|{_EVERYBODY}')
_PREFIX = re.compile(r'/(?:[\w.-]+/?)*', re.ASCII)


@dataclasses.dataclass(frozen=True)
class Grant:
  """What one line of the file opens, and to whom."""

  name: str
  sha256: str  # `-` for everybody.
  prefix: str

  def covers(self, path: str) -> bool:
    """Whether a path begins with the prefix, by whole parts."""
    whole = self.prefix.removesuffix('/')
    return not whole or path == whole or path.startswith(f'{whole}/')


def _grant(line: str, where: str) -> Grant:
  cells = line.split()
  patterns = (_NAME, _HASH, _PREFIX)
  if len(cells) != len(patterns) or not all(
    pattern.fullmatch(cell)
    for pattern, cell in zip(patterns, cells, strict=True)
  ):
    raise errors.HubError(
      f'{where}: expected NAME SHA256 /PREFIX, with spaces between: a name for '
      'the log, the SHA-256 of a token as `printf %s TOKEN | sha256sum` prints '
      'it, or - for everybody, and where the paths begin that it opens'
    )
  return Grant(*cells)


def read_tokens(path: pathlib.Path) -> tuple[Grant, ...]:
  """Reads a file of tokens; skips lines that are empty or begin with #.

  Raises:
    HubError: The file cannot be read, or a line has another form. The line is
      not shown, as it may hold a token.
  """
  try:
    text = outside.read_file(path, _MOST).decode()
  except (OSError, UnicodeDecodeError) as error:
    raise errors.HubError(
      f'{path} is no file of tokens: {error}; name one with --token_file'
    ) from error
  grants = tuple(
    _grant(line, f'{path}, line {number}')
    for number, line in enumerate(text.splitlines(), 1)
    if line.strip() and not line.lstrip().startswith('#')
  )
  if not grants:
    raise errors.HubError(
      f'{path} names no token, so that nobody could ask for anything; write a '
      'line NAME SHA256 /PREFIX'
    )
  return grants


def _given(authorization: str) -> str:
  """The token of a request: a bearer's, or the password of a user of any name.

  Programs that know no bearers send passwords: browsers, curl, old kagglehub.
  """
  scheme, _, value = authorization.partition(' ')
  value = value.strip()
  if scheme.lower() == 'bearer':
    return value
  if scheme.lower() == 'basic':
    try:
      decoded = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
      return ''
    return decoded.partition(':')[2]
  return ''


def _is_straight(path: str) -> bool:
  """Whether a path has no part such as `..`, which leads elsewhere."""
  parts = path.removeprefix('/').removesuffix('/').split('/')
  return path.startswith('/') and not {'', '.', '..'}.intersection(parts)


class Access:
  """Decides on requests, as a file of tokens says."""

  def __init__(self, path: pathlib.Path):
    """Reads the file.

    Raises:
      HubError: As `read_tokens` does.
    """
    self._path = path
    self._grants: tuple[Grant, ...] = ()
    # To be called now and then: it reads the file again when it has changed.
    self.renew = renewal.Files((path,), self._read).renew

  def _read(self) -> None:
    self._grants = read_tokens(self._path)

  def _of(self, token: str) -> Iterator[Grant]:
    """The lines of a token; how long it takes tells nothing of the others."""
    sha256 = hashlib.sha256(token.encode()).hexdigest()
    matches = [
      hmac.compare_digest(each.sha256, sha256) for each in self._grants
    ]
    for grant, is_its in zip(self._grants, matches, strict=True):
      if is_its and token:
        yield grant

  def name(self, authorization: str) -> str:
    """Whose token a request brings; empty if nobody's."""
    return next((g.name for g in self._of(_given(authorization))), '')

  def allows(self, path: str, authorization: str) -> bool:
    """Whether a request may be answered."""
    if path == FREE:
      return True
    free = [each for each in self._grants if each.sha256 == _EVERYBODY]
    opened = (*free, *self._of(_given(authorization)))
    # A path with `..` could begin in a folder that the token opens, and lead to
    # another one.
    straight = _is_straight(path)
    return any(
      each.covers(path) and (straight or each.prefix == '/') for each in opened
    )
