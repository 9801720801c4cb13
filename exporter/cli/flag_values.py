"""Turns the texts of flags into values, or says what was expected."""

import argparse
import math
import pathlib
import shutil
import urllib.parse

from exporter import storage
import model_specs
from model_specs import formats


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


def _above_0(text: str, unit: str) -> float:
  try:
    value = float(text)
  except ValueError:
    value = math.nan
  if not 0 < value < math.inf:
    raise argparse.ArgumentTypeError(f'{text!r}, expected {unit} above 0')
  return value


def seconds(text: str) -> float:
  """A number of seconds, above 0."""
  return _above_0(text, 'seconds')


def gigabytes(text: str) -> float:
  """A number of gigabytes, above 0."""
  return _above_0(text, 'gigabytes')


def count(text: str) -> int:
  """A number, 0 or more."""
  if not text.isdecimal():
    raise argparse.ArgumentTypeError(f'{text!r}, expected 0 or more')
  return int(text)


def path(text: str) -> pathlib.Path:
  """A path; a tilde in front stands for the home folder."""
  return pathlib.Path(text).expanduser()


def folder(text: str) -> storage.Folder:
  """A path, or a URL of a storage that fsspec knows."""
  try:
    return storage.parse_folder(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(f'{text!r}: {error}') from error


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


def positive(text: str) -> int:
  """A number, 1 or more."""
  if not text.isdecimal() or int(text) < 1:
    raise argparse.ArgumentTypeError(f'{text!r}, expected 1 or more')
  return int(text)


def port(text: str) -> int:
  """The number of a port; 0 stands for any that is free."""
  if not text.isdecimal() or int(text) > 65535:
    raise argparse.ArgumentTypeError(f'{text!r}, expected 0 to 65535')
  return int(text)


def jobs(text: str) -> int | None:
  """A number of workers; None for `auto`."""
  return None if text == 'auto' else positive(text)


def format_words(text: str) -> tuple[str, ...]:
  """The words of formats in a list with commas."""
  try:
    return formats.parse(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(str(error)) from error
