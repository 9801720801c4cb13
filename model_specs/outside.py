"""Files and texts that somebody else made: nothing about them is believed.

A path from outside may name a pipe that never ends, a device or a file larger
than memory; a text may hold what clears a terminal. All that reads such files
opens them here.
"""

import errno
import os
import re
import stat
from typing import BinaryIO
import unicodedata

_KINDS = (
  (stat.S_ISDIR, 'a folder'),
  (stat.S_ISFIFO, 'a named pipe'),
  (stat.S_ISSOCK, 'a socket'),
  (stat.S_ISCHR, 'a device'),
  (stat.S_ISBLK, 'a device'),
)
# Categories of characters that end a line, or that a terminal obeys: controls,
# changes of direction and other invisible ones, separators, half surrogates.
_UNSEEN = ('Cc', 'Cf', 'Cs', 'Zl', 'Zp')
# Persian, Hindi and emoji join letters with these two, or keep them apart.
_JOINERS = '\u200c\u200d'
_ORDINARY = re.compile(r'[ -~\n\t]*')


class NotUsableError(OSError):
  """A path names something other than a regular file, or too large a one.

  Like every OSError it has the path as `filename` and the reason, for a person,
  as `strerror`.
  """

  def __str__(self) -> str:
    return f'{self.filename}: {self.strerror}'


def _refuse(path: str | os.PathLike[str], reason: str) -> NotUsableError:
  return NotUsableError(errno.EINVAL, reason, os.fspath(path))


def open_file(
  path: str | os.PathLike[str], most: int | None = None
) -> BinaryIO:
  """Opens a regular file to read its bytes; links are followed.

  Args:
    path: The file.
    most: The largest size in bytes that is accepted; None accepts every size.

  Returns:
    The open file; its size may still change.

  Raises:
    NotUsableError: It is a folder, a pipe or a device, or too large.
    OSError: It cannot be opened.
  """
  # Without O_NONBLOCK the opening of a pipe would wait for its writer.
  descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
  facts = os.fstat(descriptor)
  reason = ''
  if not stat.S_ISREG(facts.st_mode):
    kinds = (name for test, name in _KINDS if test(facts.st_mode))
    reason = f'is {next(kinds, "no file")}, expected a file'
  elif most is not None and facts.st_size > most:
    reason = f'has {facts.st_size:,} bytes, expected at most {most:,}'
  if reason:
    os.close(descriptor)
    raise _refuse(path, reason)
  return os.fdopen(descriptor, 'rb')


def read_file(path: str | os.PathLike[str], most: int) -> bytes:
  """The bytes of a regular file that has at most so many.

  Raises:
    NotUsableError: It is a folder, a pipe or a device, or too large.
    OSError: It cannot be read.
  """
  with open_file(path, most) as file:
    # Python takes memory for all that a read may give, before it reads.
    size = os.fstat(file.fileno()).st_size
    data = file.read(min(size, most) + 1)
    if len(data) > size:  # It grows, or its system does not know its size.
      data += file.read(most + 1 - len(data))
  if len(data) > most:
    raise _refuse(path, f'has more than {most:,} bytes, and grows')
  return data


def _is_seen(character: str) -> bool:
  is_none = (
    ord(character) & 0xFFFE == 0xFFFE or '\ufdd0' <= character <= '\ufdef'
  )
  is_unseen = unicodedata.category(character) in _UNSEEN
  return character in _JOINERS or not (is_none or is_unseen)


def is_plain(text: str) -> bool:
  """Whether a text is one line of which a reader sees every character."""
  is_ordinary = text.isascii() and text.isprintable()  # As most texts are.
  return is_ordinary or all(map(_is_seen, text))


def shown(text: str) -> str:
  r"""A text for a terminal: what could not be seen is spelled, as `\x1b`.

  Line ends and tabs stay, as the text may have several lines.
  """
  if _ORDINARY.fullmatch(text):  # Most texts are; a hub logs many of them.
    return text
  return ''.join(
    c if c in '\n\t' or _is_seen(c) else c.encode('unicode_escape').decode()
    for c in text
  )
