"""What a request to a hub may be: no larger than any client's."""

from starlette import requests

from exporter.hub import refusal

_MAX_URL = 2048
_MAX_HEADERS = 16 * 1024
MAX_BODY = 64 * 1024


def check_size(request: requests.Request) -> None:
  """Refuses a request whose URL or headers are too long."""
  scope = request.scope
  if len(scope['raw_path']) + len(scope['query_string']) > _MAX_URL:
    raise refusal.Refusal(414, f'the URL is longer than {_MAX_URL} bytes')
  if sum(len(k) + len(v) for k, v in scope['headers']) > _MAX_HEADERS:
    raise refusal.Refusal(
      431, f'the headers are longer than {_MAX_HEADERS} bytes'
    )


def check_bodiless(request: requests.Request) -> None:
  """Refuses a request with a body."""
  is_chunked = 'transfer-encoding' in request.headers
  if is_chunked or request.headers.get('content-length', '0') != '0':
    raise refusal.Refusal(
      413, 'a request to a hub has no body', connection='close'
    )


async def read_body(request: requests.Request) -> bytes:
  """The body of a request, which is refused once it is too large."""
  body = b''
  # Nothing is read of a body that says itself that it is too large.
  is_too_large = int(request.headers.get('content-length', '0')) > MAX_BODY
  if not is_too_large:
    async for data in request.stream():
      body += data
      is_too_large = len(body) > MAX_BODY
      if is_too_large:
        break
  if is_too_large:
    raise refusal.Refusal(
      413, f'the body is longer than {MAX_BODY} bytes', connection='close'
    )
  return body
