"""Files as answers: whole, in part, or not at all where the client has them."""

import asyncio
import os
import pathlib
import weakref

from starlette import concurrency
from starlette import datastructures
from starlette import requests
from starlette import responses
from starlette import types

from exporter import environment
from exporter.hub import nginx
from exporter.hub import refusal
from exporter.hub import stock

_UNIT = 'bytes'
# Conditions that nginx would judge by the date and size of its file. The hub
# has judged them by the content.
_OWN_MATTER = ('if-match', 'if-unmodified-since')


def _tags(headers: datastructures.Headers, name: str) -> list[str]:
  values = ','.join(headers.getlist(name))
  return [tag.strip() for tag in values.split(',') if tag.strip()]


def _is_known(headers: datastructures.Headers, etag: str) -> bool:
  """Whether the client has this very content from an earlier request."""
  tags = _tags(headers, 'if-none-match')
  return '*' in tags or etag in [tag.removeprefix('W/') for tag in tags]


def _is_other(headers: datastructures.Headers, etag: str) -> bool:
  """Whether the client wants some content, and it is not this."""
  tags = _tags(headers, 'if-match')
  return bool(tags) and '*' not in tags and etag not in tags


def _has_range(headers: datastructures.Headers, etag: str) -> bool:
  """Whether a part is asked for, in bytes, and of this very content."""
  unit = headers.get('range', '').partition('=')[0]
  return unit.strip().lower() == _UNIT and headers.get('if-range', etag) == etag


class Download(responses.FileResponse):
  """A file of the stock, whose ETag names its content.

  The date of a file in the stock is when the copy was made, which says nothing
  of its content. So it is not sent, and no date that a client sends counts.
  """

  chunk_size = 2**18  # Four times the default, to read with fewer calls.

  def __init__(
    self,
    path: pathlib.Path,
    facts: os.stat_result,
    etag: str,
    media_type: str,
    name: str,
  ):
    """Prepares the answer.

    Args:
      path: The file.
      facts: What is known of it.
      etag: Identifies its content.
      media_type: What it is to a browser.
      name: Under which a browser saves it.
    """
    headers = {'etag': etag, 'cache-control': 'no-cache'}
    super().__init__(
      path, 200, headers, media_type, filename=name, stat_result=facts
    )
    self._etag = etag
    del self.headers['last-modified']

  async def __call__(
    self, scope: types.Scope, receive: types.Receive, send: types.Send
  ) -> None:
    """Sends the range that the client asks for, or all if it has other content.

    The header `if-range` names the content that the client has a part of.
    """
    dropped = {b'if-range'}
    if not _has_range(datastructures.Headers(scope=scope), self._etag):
      dropped.add(b'range')
    headers = [each for each in scope['headers'] if each[0] not in dropped]
    await super().__call__({**scope, 'headers': headers}, receive, send)


class Sender:
  """Sends files of a stock, and makes each of them once where many ask."""

  def __init__(self, has_nginx: bool = False) -> None:
    """Keeps the argument.

    Args:
      has_nginx: Whether nginx stands in front, and sends the files that are
        named to it.
    """
    self._has_nginx = has_nginx
    self._locks: weakref.WeakValueDictionary[pathlib.Path, asyncio.Lock] = (
      weakref.WeakValueDictionary()
    )
    self._makers = asyncio.Semaphore(environment.cores())

  async def send(
    self, request: requests.Request, file: stock.Sent, has_md5: bool = False
  ) -> responses.Response:
    """The answer to a request for a file.

    Args:
      request: Says what of it the client has.
      file: What is sent.
      has_md5: Whether the answer names the MD5 of the file.

    Raises:
      Refusal: The client wants other content.
    """
    if _is_other(request.headers, file.etag):
      raise refusal.Refusal(412, f'what is here has the ETag {file.etag}')
    if _is_known(request.headers, file.etag):
      headers = {'etag': file.etag, 'cache-control': 'no-cache'}
      return responses.Response(None, 304, headers)
    ready = file.ready or await self._make(file)
    response: responses.Response = Download(
      file.path, ready, file.etag, file.media_type, file.name
    )
    is_own = any(name in request.headers for name in _OWN_MATTER)
    if self._has_nginx and not is_own:
      headers = nginx.handed_on(dict(response.headers), file.path)
      response = responses.Response(None, 200, headers)
    if has_md5:
      async with self._makers:
        md5 = await concurrency.run_in_threadpool(file.md5)
      response.headers['x-goog-hash'] = f'md5={md5}'
    return response

  async def _make(self, file: stock.Sent) -> os.stat_result:
    lock = self._locks.get(file.path)
    if lock is None:
      lock = self._locks[file.path] = asyncio.Lock()
    async with lock, self._makers:  # Whoever waits occupies no thread.
      return await concurrency.run_in_threadpool(file.make)
