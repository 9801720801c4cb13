"""Why a hub refuses a request, as the status and the text of an answer."""

import logging

from exporter import errors
import model_specs
from model_specs import outside

_log = logging.getLogger('uvicorn.error')
# What goes wrong with exports and disks while a request is answered.
ERRORS = (errors.SlimhubError, model_specs.SpecError, OSError)
RETRY = {'retry-after': '5'}
LEAST = 400  # All statuses from here on are refusals.


class Refusal(Exception):  # noqa: N818  # It becomes an answer, not an error.
  """Ends a request with a status and, as the text of the answer, a reason."""

  def __init__(self, status: int, reason: str, **headers: str):
    super().__init__(reason)
    self.status = status
    self.headers = headers


def of(error: Exception) -> Refusal:
  """What a client is told of an error, which is logged in full."""
  if isinstance(error, Refusal):
    return error
  message = outside.shown(str(error))
  if isinstance(error, errors.ManifestError):
    _log.warning('%s', message)
    reason = 'it is being replaced, or is damaged; try again'
  else:
    _log.error('%s', message)
    reason = 'it cannot be read; the log says why'
  return Refusal(503, reason, **RETRY)
