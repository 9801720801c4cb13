"""What a shell offers where Tab is pressed: commands, flags and handles."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator
import os

import argcomplete
from argcomplete import completers

from exporter.cli import flag_values
import model_specs
from model_specs import formats
from model_specs import spec_files

_ASKED = '_ARGCOMPLETE'  # The shell sets it where it asks.
_HANDLES = ('HANDLE', 'HANDLE|DIR', 'PATTERN')  # As `--help` calls them.
_FILES = (flag_values.path, flag_values.folder, flag_values.program)


def handles(prefix: str, registry: model_specs.Registry) -> Iterator[str]:
  """The handles that begin so, up to the next `/`, as folders are completed.

  Args:
    prefix: What is there: of a whole handle, or of NAME/TASK/VERSION.
    registry: All models.

  Yields:
    What may stand there; a `/` at its end says that there may be more.
  """
  depth = prefix.count('/') + 1
  found = set()
  for handle in registry.find('*/*/*'):
    parts = str(handle).split('/')
    for spelled in (parts, parts[2:]):
      more = '/' if len(spelled) > depth else ''
      if len(spelled) >= depth:
        found.add('/'.join(spelled[:depth]) + more)
  yield from sorted(text for text in found if text.startswith(prefix))


def format_words(prefix: str) -> Iterator[str]:
  """The words of --formats, after those that the list has already."""
  *before, _ = prefix.split(',')
  for word in formats.words():
    if word not in before:
      yield ','.join((*before, word))


class _Values(completers.BaseCompleter):
  """What a positional argument, or the value of a flag, may be."""

  def __call__(
    self,
    *,
    prefix: str,
    action: argparse.Action,
    parser: argparse.ArgumentParser,
    parsed_args: argparse.Namespace,
  ) -> Iterable[str]:
    """Words that begin with the prefix; argcomplete asks for choices itself."""
    del parser
    found: list[str] = []
    if action.metavar in _HANDLES:
      files = getattr(parsed_args, 'spec_file', None) or ()
      found += handles(prefix, spec_files.load_registry(*files))
    if action.type is flag_values.format_words:
      found += format_words(prefix)
    if action.type in _FILES or action.metavar == 'HANDLE|DIR':
      found += completers.FilesCompleter()(prefix)
    return found


def answer(parser: argparse.ArgumentParser) -> None:
  """Answers the shell and exits, if it is a shell that asks."""
  if _ASKED in os.environ:
    argcomplete.autocomplete(
      parser, always_complete_options=False, default_completer=_Values()
    )
