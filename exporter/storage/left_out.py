"""The failed results for what a command passes over."""

import functools
import pathlib

from exporter import errors
from exporter import faults
from exporter import results
from exporter.storage import places
import model_specs


def leave_out(name: str, error: Exception) -> results.Result:
  """The failed result for an export that cannot be used.

  Where this user lacks the rights to read it, nothing is said of the export.
  """
  failed = functools.partial(results.Result, name, results.FAILED)
  if isinstance(error, OSError) and (advice := faults.of_machine(error)):
    reason = f'{name} cannot be read: {error}; {advice}'
    return failed(reason, error=errors.MachineError)
  reason = str(error)
  if isinstance(error, model_specs.SpecError | OSError):
    reason = f'{name} cannot be used: {error}; export it again, or move it away'
  return failed(reason, error=errors.ManifestError)


def leave_out_folder(path: str, error: PermissionError) -> results.Result:
  """The failed result for all exports that a folder may hold."""
  reason = (
    f'{error.filename} cannot be listed ({error.strerror}), so that nobody '
    'knows which exports it holds; make it readable for you, as chmod u+rx '
    'does for a folder of your own, then run the command again'
  )
  return results.Result(path, results.FAILED, reason, error=errors.MachineError)


def leave_out_request(asked: str, limit: str = '') -> results.Result:
  """The failed result for what was asked for and is not there."""
  reason = (
    f'no export{limit} in the folder matches {asked}; export it, or do not '
    'ask for it'
  )
  return results.Result(
    asked, results.FAILED, reason, error=errors.ManifestError
  )


def nothing(
  folder: places.Folder, asked: str, count: int
) -> errors.ManifestError:
  """The error for a folder in which nothing is that was asked for.

  Args:
    folder: The folder or bucket.
    asked: What was asked for, in words that follow "no export".
    count: How many exports there are.
  """
  advice = 'name the --output_dir of an export'
  if isinstance(folder, pathlib.Path) and not folder.is_dir():
    state = 'is a file' if folder.exists() else 'does not exist'
    return errors.ManifestError(f'{folder} {state}; {advice}')
  if count:
    advice = 'name one of those, or export it first'
  else:
    advice = f'expected PUBLISHER/DATASET/NAME/TASK/VERSION in it; {advice}'
  return errors.ManifestError(
    f'{folder} holds no export{asked}; found {count} exports there; {advice}'
  )
