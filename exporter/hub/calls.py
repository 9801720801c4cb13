"""The calls of kagglehub over HTTP: the paths of new and of old releases."""

from collections.abc import Callable
import functools
import json
from typing import TypeAlias

from starlette import concurrency
from starlette import requests
from starlette import responses
from starlette import routing

from exporter.hub import download
from exporter.hub import kaggle
from exporter.hub import limits
from exporter.hub import refusal
from exporter.hub import stock

_Answer: TypeAlias = Callable[[kaggle.Asked], dict[str, object] | stock.Sent]
_JSON = 'application/json'
_NAME = f'{kaggle.PATHS}/{{owner}}/{{model}}/{{framework}}/{{variation}}'
_VERSION = f'{_NAME}/{{version}}'


def _json(
  fields: dict[str, object], status: int = 200, **headers: str
) -> responses.Response:
  # Starlette's JSONResponse cannot encode half surrogates, which clients may
  # send.
  return responses.Response(
    json.dumps(fields), status, headers, media_type=_JSON
  )


def _refused(refused: refusal.Refusal, status: int = 0) -> responses.Response:
  return _json(
    {'code': refused.status, 'message': str(refused)},
    status or refused.status,
    **refused.headers,
  )


class Calls:
  """Answers what kagglehub asks for.

  Since release 0.4, kagglehub posts what it asks for as JSON; before, it asked
  by paths. All releases download files at those paths, so that each of them
  can resume a download.
  """

  def __init__(self, answers: kaggle.Kaggle, sender: download.Sender):
    self._kaggle = answers
    self._sender = sender

  def routes(self) -> list[routing.Route]:
    """All paths of calls."""
    return [
      routing.Route('/api/v1/{service}/{call}', self._call, methods=['POST']),
      routing.Route(f'/api/v1/{kaggle.SERVICE}/{{call}}', self._refuse),
      *(
        routing.Route(path, functools.partial(self._get, answer))
        for path, answer in (
          (f'{_NAME}/get', self._kaggle.instance),
          (f'{_VERSION}/files', self._kaggle.files),
          (f'{_VERSION}/download', self._kaggle.download),
          (f'{_VERSION}/download/{{path:path}}', self._kaggle.download),
        )
      ),
    ]

  async def _call(self, request: requests.Request) -> responses.Response:
    """The answer to a posted call."""
    try:
      limits.check_size(request)
      service, call = (request.path_params[key] for key in ('service', 'call'))
      if service != kaggle.SERVICE or call not in kaggle.CALLS:
        return _refused(
          refusal.Refusal(
            404,
            f'there is no call {f"{service}/{call}"[:80]!r} here; the calls of '
            f'{kaggle.SERVICE} are {", ".join(kaggle.CALLS)}',
          )
        )
      body = await limits.read_body(request)
      result = await concurrency.run_in_threadpool(
        self._kaggle.call, call, body
      )
    except requests.ClientDisconnect:
      return responses.Response(None, 400)  # Nobody reads it.
    except (refusal.Refusal, *refusal.ERRORS) as error:
      refused = refusal.of(error)
      # kagglehub shows its users no text that comes with the status 404.
      return _refused(refused, 400 if refused.status == 404 else 0)
    if isinstance(result, dict):
      return _json(result)
    target = f'{request.scope.get("root_path", "")}{result}'
    return responses.RedirectResponse(target, 303)

  async def _refuse(self, request: requests.Request) -> responses.Response:
    del request
    return _refused(refusal.Refusal(405, 'calls are posted', allow='POST'))

  async def _get(
    self, answer: _Answer, request: requests.Request
  ) -> responses.Response:
    """The answer to a path of older releases."""
    fields, query = request.path_params, request.query_params
    try:
      limits.check_size(request)
      limits.check_bodiless(request)
      asked = kaggle.Asked(
        fields['owner'],
        fields['model'],
        kaggle.framework(fields['framework']),
        fields['variation'],
        kaggle.number('version', fields.get('version', '')),
        fields.get('path', ''),
        kaggle.number('page_size', query.get('page_size', '')),
        query.get('page_token', ''),
      )
      result = await concurrency.run_in_threadpool(answer, asked)
      if isinstance(result, dict):
        return _json(result)
      return await self._sender.send(request, result, has_md5=True)
    except (refusal.Refusal, *refusal.ERRORS) as error:
      return _refused(refusal.of(error))
