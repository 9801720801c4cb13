"""The command lines that messages and pages tell their readers to run."""

import shlex

import model_specs

_SPEC_FILE = 'FILE'  # What a reader puts the path of a spec file for.


def export(
  handle: model_specs.Handle, *flags: str, name: str = '', spec_file: str = ''
) -> str:
  """The command line that exports the artifact of a handle.

  Args:
    handle: The handle; that of a converted file means what it is made of, and a
      flag says the format.
    *flags: The flags that follow those without which the model is not found.
    name: What the handle is called; by default as short as it can be.
    spec_file: Where an own model is declared; a word to replace by default.

  Returns:
    The words, quoted for a shell.
  """
  origin = handle.origin
  short = f'{origin.spec.name}/{origin.task}/{origin.number}'
  words = [name or (str(origin) if origin.spec.own else short)]
  if origin.spec.own:
    words.append(f'--spec_file={spec_file or _SPEC_FILE}')
  elif origin.publisher != model_specs.PUBLISHER:
    words.append(f'--publisher={origin.publisher}')
  return shlex.join(('slimhub', 'export', *words, *flags))
