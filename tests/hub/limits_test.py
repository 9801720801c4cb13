"""Requests have sizes, and none is read beyond them."""

import asyncio

import pytest
from starlette import requests

from exporter.hub import limits
from exporter.hub import refusal


def _request(
  *chunks: bytes, url: bytes = b'/', **headers: str
) -> requests.Request:
  """A request whose body comes in pieces; more than it has is an error."""
  pieces = list(chunks)

  async def receive() -> dict[str, object]:
    body = pieces.pop(0)
    return {'type': 'http.request', 'body': body, 'more_body': bool(pieces)}

  scope = {
    'type': 'http',
    'raw_path': url,
    'query_string': b'',
    'headers': [
      (name.replace('_', '-').encode(), value.encode())
      for name, value in headers.items()
    ],
  }
  return requests.Request(scope, receive)


def test_urls_and_headers_have_an_end():
  limits.check_size(_request(url=b'/' * 2048, a='b' * 1000))
  for status, request in (
    (414, _request(url=b'/' * 2049)),
    (431, _request(a='b' * 2**14)),
  ):
    with pytest.raises(refusal.Refusal) as raised:
      limits.check_size(request)
    assert raised.value.status == status


@pytest.mark.parametrize(
  'headers', [{'content_length': '1'}, {'transfer_encoding': 'chunked'}]
)
def test_a_body_is_not_for_everybody(headers):
  limits.check_bodiless(_request())
  limits.check_bodiless(_request(content_length='0'))
  with pytest.raises(refusal.Refusal, match='has no body') as raised:
    limits.check_bodiless(_request(**headers))
  assert raised.value.headers == {'connection': 'close'}


def test_a_body_is_read_up_to_its_limit():
  half = b'a' * (limits.MAX_BODY // 2)
  assert asyncio.run(limits.read_body(_request(half, half))) == half * 2
  for request in (
    _request(half, half, b'a', b'never read'),
    _request(content_length=str(limits.MAX_BODY + 1)),
  ):
    with pytest.raises(refusal.Refusal, match='longer than 65536') as raised:
      asyncio.run(limits.read_body(request))
    assert raised.value.status == 413
