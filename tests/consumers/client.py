"""What every client's script shares: it runs its uses and writes the results.

In the syntax of Python 3.7. A use is a function of a case; it returns the
largest difference that it saw, or None where the artifact does not offer it,
and raises where something is wrong.
"""

import argparse
import gc
import json
import pathlib
import sys
import time
import traceback

from tests.consumers import case as case_lib


def _attempt(use, case):
  """The result of a use; another use must not suffer from its failure."""
  try:
    difference = use(case)
  except Exception as error:  # noqa: BLE001 - whatever it is, it is a result.
    traceback.print_exc()
    return {'error': f'{type(error).__name__}: {error}'}
  return None if difference is None else {'difference': float(difference)}


def main(versions, uses, reset=lambda: None):
  """Runs uses on the cases that the command line names.

  Args:
    versions: The packages that the client consists of.
    uses: Functions by the name of the use.
    reset: Called before each use.
  """
  parser = argparse.ArgumentParser()
  parser.add_argument('--output', required=True)
  parser.add_argument('--uses', default=','.join(uses))
  parser.add_argument('cases', nargs='+')
  arguments = parser.parse_args()
  python = '{}.{}'.format(*sys.version_info)
  versions = dict(versions, python=python)
  # What was imported stays, and takes a third of a second to be looked through.
  gc.freeze()
  with pathlib.Path(arguments.output).open('w') as output:

    def write(record):
      output.write(json.dumps(record) + '\n')
      output.flush()  # A client may take the process down.

    write({'versions': versions})
    for folder in arguments.cases:
      case = case_lib.Case(folder)
      for name in arguments.uses.split(','):
        reset()
        gc.collect()  # What a use has loaded refers to itself.
        start = time.time()
        result = _attempt(uses[name], case)
        if result is not None:
          result.update(seconds=round(time.time() - start, 1))
          write(dict(result, case=case.name, use=name))
