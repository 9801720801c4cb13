"""Turns the texts of flags into values, or says what was expected."""

import argparse
import math
import pathlib
import re
import shutil
import urllib.parse

from exporter import measure
from exporter import storage
import model_specs
from model_specs import formats

# Numbers are read in one way only: no signs, no underscores, no digits of other
# scripts, no exponents.
_DIGITS = re.compile(r'[0-9]+')
_DECIMAL = re.compile(r'[0-9]{1,9}(\.[0-9]{1,9})?')
_MOST = 1000  # Workers, downloads or tries.
_MOST_SECONDS = 24 * 60 * 60
_MOST_GIGABYTES = 1_000_000


def mirror(text: str) -> str:
  """A base URL, without a slash at its end."""
  parts = urllib.parse.urlsplit(text)
  is_remote = parts.scheme in ('http', 'https') and parts.hostname
  is_local = parts.scheme == 'file' and not parts.netloc and parts.path
  if not is_remote and not is_local:
    raise argparse.ArgumentTypeError(
      f'{text!r}, expected http://, https:// or file:///'
    )
  return text.rstrip('/')


def hub(text: str) -> str:
  """A URL that handles are appended to, without a slash at its end."""
  parts = urllib.parse.urlsplit(text)
  if parts.scheme not in ('http', 'https') or not parts.hostname:
    raise argparse.ArgumentTypeError(f'{text!r}, expected http:// or https://')
  return text.rstrip('/')


def _above_0(text: str, unit: str, most: int) -> float:
  value = float(text) if _DECIMAL.fullmatch(text) else math.nan
  if not 0 < value <= most:
    raise argparse.ArgumentTypeError(
      f'{text!r}, expected {unit} above 0 and at most {most:,}'
    )
  return value


def _whole(text: str, least: int, most: int) -> int:
  # A number of more digits than the largest is too large whatever it is.
  is_number = _DIGITS.fullmatch(text) and len(text) <= len(str(most))
  if not is_number or not least <= int(text) <= most:
    raise argparse.ArgumentTypeError(
      f'{text!r}, expected a whole number, {least} to {most}'
    )
  return int(text)


def seconds(text: str) -> float:
  """A number of seconds, above 0."""
  return _above_0(text, 'seconds', _MOST_SECONDS)


def gigabytes(text: str) -> float:
  """A number of gigabytes, above 0."""
  return _above_0(text, 'gigabytes', _MOST_GIGABYTES)


def count(text: str) -> int:
  """A number, 0 or more."""
  return _whole(text, 0, _MOST)


def positive(text: str) -> int:
  """A number, 1 or more."""
  return _whole(text, 1, _MOST)


def port(text: str) -> int:
  """The number of a port; 0 stands for any that is free."""
  return _whole(text, 0, 65535)


def path(text: str) -> pathlib.Path:
  """A path; a tilde in front stands for the home folder."""
  try:
    return storage.parse_path(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(f'{text!r} {error}') from error


def pictures(text: str) -> storage.LocalPath:
  """A folder of pictures, or the word for photographs that others made."""
  return text if text == measure.PHOTOGRAPHS else path(text)


def folder(text: str) -> storage.Folder:
  """A path, or a URL of a storage that fsspec knows."""
  try:
    return storage.parse_folder(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(f'{text!r} {error}') from error


def program(text: str) -> str:
  """The path of a program, given as a path or as a name in PATH."""
  program_path = shutil.which(str(path(text)))
  if not program_path:
    raise argparse.ArgumentTypeError(f'{text!r}, which is no program')
  return program_path


def publisher(text: str) -> str:
  """The publisher, which is the first part of a handle."""
  if not model_specs.PUBLISHER_NAME.fullmatch(text):
    raise argparse.ArgumentTypeError(
      f'{text!r}, expected lower-case letters, digits and -'
    )
  return text


def jobs(text: str) -> int | None:
  """A number of workers; None for `auto`."""
  return None if text == 'auto' else positive(text)


def format_words(text: str) -> tuple[str, ...]:
  """The words of formats in a list with commas."""
  try:
    return formats.parse(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(str(error)) from error
