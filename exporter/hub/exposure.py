"""What stands around a hub that others reach: tokens, headers, log, figures."""

import pathlib

from starlette import types

from exporter.hub import access_log
from exporter.hub import guard
from exporter.hub import headers
from exporter.hub import metrics as metrics_lib
from exporter.hub import tokens
from exporter.hub import watching


def exposed(
  app: types.ASGIApp,
  *,
  access: tokens.Access | None = None,
  logs_json: bool = False,
  has_metrics: bool = False,
  shared: pathlib.Path | None = None,
) -> types.ASGIApp:
  """Puts around an application what it needs where others reach it.

  Args:
    app: The application.
    access: Who may ask for what; None lets everybody.
    logs_json: Whether to write a line of JSON for each request.
    has_metrics: Whether to answer at /metrics.
    shared: An empty folder for the figures of several processes.
  """
  observers: list[watching.See] = [access_log.write] if logs_json else []
  if has_metrics:
    app = metrics = metrics_lib.Metrics(app, shared)
    observers.append(metrics.see)
  if access:
    app = guard.Guard(app, access)
  return watching.Watch(headers.Headers(app), observers)
