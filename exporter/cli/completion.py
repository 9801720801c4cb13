"""What a shell offers where Tab is pressed: commands, flags and handles."""

import argparse
from collections.abc import Iterable
from collections.abc import Iterator

import argcomplete
from argcomplete import completers

from exporter.cli import flag_values
import model_specs
from model_specs import formats
from model_specs import spec_files

# The metavars of arguments that are handles.
_HANDLES = ('HANDLE', 'HANDLE|DIR', 'PATTERN')
_FILES = (flag_values.path, flag_values.folder, flag_values.program)


def handles(prefix: str, registry: model_specs.Registry) -> Iterator[str]:
  """Completes a handle up to the next `/`, as shells complete folders.

  Args:
    prefix: The beginning of a whole handle, or of NAME/TASK/VERSION.
    registry: The models to offer.

  Yields:
    The texts that the prefix may become; those that end in `/` can be completed
    further.
  """
  depth = prefix.count('/') + 1
  offered = set()
  for handle in registry.find('*/*/*'):
    parts = str(handle).split('/')
    for spelled in (parts, parts[2:]):
      more = '/' if len(spelled) > depth else ''
      if len(spelled) >= depth:
        offered.add('/'.join(spelled[:depth]) + more)
  yield from sorted(text for text in offered if text.startswith(prefix))


def format_words(prefix: str) -> Iterator[str]:
  """Completes a list of formats by each word that is not in it yet."""
  *before, _ = prefix.split(',')
  for word in formats.words():
    if word not in before:
      yield ','.join((*before, word))


class _Values(completers.BaseCompleter):
  """Completes positional arguments and the values of flags."""

  def __call__(
    self,
    *,
    prefix: str,
    action: argparse.Action,
    parser: argparse.ArgumentParser,
    parsed_args: argparse.Namespace,
  ) -> Iterable[str]:
    """The texts to offer; argcomplete itself offers the words of `choices`."""
    del parser
    offered: list[str] = []
    if action.metavar in _HANDLES:
      files = getattr(parsed_args, 'spec_file', None) or ()
      offered += handles(prefix, spec_files.load_registry(*files))
    if action.type is flag_values.format_words:
      offered += format_words(prefix)
    if action.type in _FILES or action.metavar == 'HANDLE|DIR':
      offered += completers.FilesCompleter()(prefix)
    return offered


def answer(parser: argparse.ArgumentParser) -> None:
  """Prints the completions that a shell asks for, and exits."""
  argcomplete.autocomplete(
    parser, always_complete_options=False, default_completer=_Values()
  )
